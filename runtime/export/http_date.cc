#include "export/http_date.h"

#include <fmt/format.h>

#include "wire/time_text.h"

namespace autospan::delivery {
namespace {

constexpr std::string_view kDays = "Mon,Tue,Wed,Thu,Fri,Sat,Sun,";
constexpr std::string_view kMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";
constexpr std::string_view kForm = "Tue, 24 Nov 2026 03:11:54 GMT";

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  if (text.size() != kForm.size() || text[4] != ' ' || text[7] != ' ' || text[16] != ' ' ||
      text.substr(25) != " GMT")
    return std::nullopt;
  const std::size_t day = kDays.find(text.substr(0, 4)), month = kMonths.find(text.substr(8, 4));
  if (day == kDays.npos || month == kMonths.npos) return std::nullopt;
  const std::size_t number = month / 4 + 1;
  // The same moment as RFC 3339 says it: that reader checks the digits and the calendar.
  const auto unix_ns = wire::parse_time(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), number,
                                                    text.substr(5, 2), text.substr(17, 8)));
  if (!unix_ns) return std::nullopt;
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::nanoseconds(*unix_ns)));
}

}  // namespace autospan::delivery
