#include "duration_text.h"

#include <fmt/format.h>

#include "wire/time_text.h"

namespace autospan::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct Unit {
  std::int64_t ns;
  const char* name;
};
constexpr Unit kUnits[] = {{1, "ns"}, {1'000, "µs"}, {1'000'000, "ms"}, {kSecond, "s"}};

std::string three_digits(std::int64_t ns) {
  // A value that would be rounded to 1000 of a unit is one of the next.
  std::size_t at = 0;
  while (at + 1 < std::size(kUnits) &&
         static_cast<double>(ns) / static_cast<double>(kUnits[at].ns) >= 999.5)
    ++at;
  const double value = static_cast<double>(ns) / static_cast<double>(kUnits[at].ns);
  const int decimals = at == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", value, decimals, kUnits[at].name);
}

}  // namespace

std::string duration_text(std::int64_t ns) {
  if (ns == 0) return "0";
  if (ns < 0) return "-" + duration_text(ns == INT64_MIN ? INT64_MAX : -ns);
  const std::int64_t s = ns / kSecond;
  if (s < 60) return three_digits(ns);
  if (s < 3600) return fmt::format("{}m {:02}s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}h {:02}m", s / 3600, s / 60 % 60);
  return fmt::format("{}d {:02}h", s / 86400, s / 3600 % 24);
}

std::string moment_text(std::int64_t unix_ns) {
  char text[wire::kTimeBytes];
  wire::put_time(text, unix_ns);
  text[10] = ' ';
  return std::string(text, 23) + " UTC";
}

}  // namespace autospan::cli
