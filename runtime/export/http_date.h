// The date of an HTTP header, whatever language the host has set: strptime reads LC_TIME's names.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace autospan::delivery {

// "Tue, 24 Nov 2026 03:11:54 GMT", the one form that servers may send today (RFC 9110).
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

}  // namespace autospan::delivery
