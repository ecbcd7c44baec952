// What standard output is: how wide, and whether colours are welcome.
#pragma once

#include <string_view>

namespace autospan::cli {

inline constexpr unsigned kWidthDefault = 100;
inline constexpr unsigned kWidthMin = 40;
inline constexpr unsigned kWidthMax = 1000;

// `wanted` (0 = not said), else the terminal's, else COLUMNS, else 100; within the limits.
unsigned output_width(unsigned wanted);

enum class ColorChoice { kAuto, kAlways, kNever };
// auto: a terminal that is not dumb, and no NO_COLOR (https://no-color.org).
bool output_colors(ColorChoice choice);

}  // namespace autospan::cli
