#include "export/duration.h"

#include <charconv>
#include <cmath>

namespace autospan {
namespace {

struct Unit {
  std::string_view name;
  double ns;
};
constexpr Unit kUnits[] = {{"us", 1e3}, {"ms", 1e6},   {"s", 1e9},
                           {"m", 60e9}, {"h", 3600e9}, {"d", 86'400e9}};

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit_begin, error] =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  const std::string_view name(unit_begin, static_cast<std::size_t>(end - unit_begin));
  if (name.empty() && text == "0") return std::chrono::nanoseconds(0);
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    const double ns = number * unit.ns;
    if (ns > 9.2e18) return std::nullopt;
    return std::chrono::nanoseconds(std::llround(ns));
  }
  return std::nullopt;
}

}  // namespace autospan
