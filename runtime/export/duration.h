// Durations as every variable and option of autospan spells them: `2s`, `100ms`, `1.5h`.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace autospan {

// A number (decimals allowed) with us, ms, s, m, h or d; a bare `0` too. Nothing for anything else,
// negative numbers and what exceeds 292 years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace autospan
