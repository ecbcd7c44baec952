// One bar of the waterfall: what ran when, to scale, two steps a column.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace autospan::cli {

enum class BarFill { kSolid, kHatched };

// The runs within [start_ns, end_ns] on so many columns; each shows, however short it is. No
// trailing spaces.
std::string bar(const std::vector<std::pair<std::int64_t, std::int64_t>>& runs,
                std::int64_t start_ns, std::int64_t end_ns, unsigned columns, BarFill fill);

}  // namespace autospan::cli
