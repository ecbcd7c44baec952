#include "bar.h"

#include <algorithm>
#include <string_view>

namespace autospan::cli {
namespace {

// Where a moment falls on `steps` half columns.
double place(std::int64_t at, std::int64_t start_ns, std::int64_t end_ns, unsigned steps) {
  if (end_ns <= start_ns) return 0;
  return static_cast<double>(at - start_ns) / static_cast<double>(end_ns - start_ns) * steps;
}

std::string_view cell(bool left, bool right, BarFill fill) {
  if (!left && !right) return " ";
  if (fill == BarFill::kHatched) return "▒";
  return left && right ? "█" : left ? "▌" : "▐";
}

}  // namespace

std::string bar(const std::vector<std::pair<std::int64_t, std::int64_t>>& runs,
                std::int64_t start_ns, std::int64_t end_ns, unsigned columns, BarFill fill) {
  const unsigned steps = columns * 2;
  std::vector<bool> on(steps);
  for (const auto& [from, to] : runs) {
    if (steps == 0) break;
    const double begin = std::clamp(place(from, start_ns, end_ns, steps), 0.0, double(steps));
    const double end = std::clamp(place(to, start_ns, end_ns, steps), 0.0, double(steps));
    const unsigned first = std::min(static_cast<unsigned>(begin), steps - 1);
    const unsigned last = std::clamp(static_cast<unsigned>(end + 0.5), first + 1, steps);
    std::fill(on.begin() + first, on.begin() + last, true);
  }
  std::string out;
  std::size_t inked = 0;  // bytes up to the last cell that is not a space
  for (unsigned i = 0; i < columns; ++i) {
    const std::string_view c = cell(on[2 * i], on[2 * i + 1], fill);
    out += c;
    if (c != " ") inked = out.size();
  }
  out.resize(inked);
  return out;
}

}  // namespace autospan::cli
