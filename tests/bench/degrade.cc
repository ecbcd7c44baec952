// Hot sites under their budget. Its rows run with the budget on, unlike all others.
#include <fmt/format.h>

#include <cmath>

#include "bench.h"
#include "programs.h"

namespace autospan::bench {
namespace {

std::vector<Samples> under(const std::string& budget) {
  return read_samples(
      recording("AUTOSPAN_SITE_BUDGET=" + budget, own_directory() + "/degrade_rows 200 20000"),
      {"degraded", "degraded_calls_a_record", "bare"});
}

double calls_a_record(const std::vector<Samples>& samples) {
  for (const Samples& s : samples)
    if (s.name == "degraded_calls_a_record" && !s.values.empty()) return s.values.front();
  return 0;
}

}  // namespace

// How far a site goes down is the recorder's judgement: the budgets are tried from tight to wide
// until one call in 16 is recorded.
std::vector<Samples> degraded_16() {
  std::string seen;
  for (const char* budget :
       {"2%", "5%", "10%", "20%", "30%", "40%", "50%", "60%", "70%", "80%", "90%"}) {
    std::vector<Samples> samples = under(budget);
    const double rate = calls_a_record(samples);
    if (std::fabs(rate - 16) < 1)
      for (Samples& s : samples)
        if (s.name == "degraded" && !s.values.empty()) {
          s.name = "degraded_16";
          return {s};
        }
    seen += fmt::format(" {}: 1 in {:.0f};", budget, rate);
    if (rate < 1.5) break;  // a wider budget degrades no further
  }
  return {skip("degraded_16", "no budget led to one call in 16:" + seen)};
}

std::vector<Row> degrade() {
  Pool pool;
  for (Samples& s : read_samples(recording("", own_directory() + "/hot_path_rows 300 2000"),
                                 {"bare", "floor", "span", "span_int"}))
    if (s.name == "floor" || s.name == "macro_span_int") pool.add({std::move(s)});
  for (const char* budget : {"off", "50%", "10%", "2%"})
    for (Samples& s : under(budget)) {
      if (s.name == "bare") {
        pool.add({std::move(s)});
        continue;
      }
      s.name += std::string("@") + budget;
      pool.add({std::move(s)});
    }
  pool.add(degraded_16());
  return pool.rows();
}

}  // namespace autospan::bench
