// Unix nanoseconds ↔ RFC 3339, exact over the whole int64 range (1677 to 2262).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace autospan::wire {

inline constexpr std::size_t kTimeBytes = 30;  // 2026-11-24T03:11:49.061519157Z

// Always nine digits of fraction and UTC: one width, sortable as text.
char* put_time(char* p, std::int64_t unix_ns);

// Any fraction (further digits than nine are cut), `Z` or a numeric offset, `T`, `t` or a space.
// Nothing for anything else, including times outside the range.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace autospan::wire
