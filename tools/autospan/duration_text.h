// Durations as people read them: three digits and a unit, or two units from a minute up.
#pragma once

#include <cstdint>
#include <string>

namespace autospan::cli {

// "0", "850 ns", "12.3 µs", "1.24 s", "2m 03s", "1h 02m", "3d 04h".
std::string duration_text(std::int64_t ns);

// "2026-11-24 03:11:49.061 UTC"
std::string moment_text(std::int64_t unix_ns);

}  // namespace autospan::cli
