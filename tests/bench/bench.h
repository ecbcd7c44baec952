// The benches that ./dev bench runs by name. Each puts its rows into a table and into NAME.json.
#pragma once

#include <vector>

#include "measure.h"

namespace autospan::bench {

std::vector<Row> hot_path();
std::vector<Row> off();
std::vector<Row> degrade();
std::vector<Row> in_situ();
std::vector<Row> drain();
std::vector<Row> threads();
std::vector<Row> memory();

// Whether a slow path planted into a recorder shows in the counts; for the test of that name.
int planted();

// What `hot_path` and `degrade` both show: a site that went down to one call in 16.
std::vector<Samples> degraded_16();

}  // namespace autospan::bench
