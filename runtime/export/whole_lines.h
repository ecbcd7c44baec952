// Appending lines so that a file never keeps half of one.
#pragma once

#include <cstddef>
#include <string_view>

namespace autospan::delivery {

struct LinesWritten {
  std::size_t lines = 0;  // whole lines that are in the file now
  int error = 0;          // errno of what stopped the rest; 0 = all written
};

// `text` is whole lines; `fd` was opened with O_APPEND. One write(2) where the system takes it at
// once. A half line left by a full disk is cut off again. On a pipe or terminal that is neither
// possible nor needed.
//
// With `end_half_line` (and a readable fd) a half line that a crash left at the end of the file is
// ended first. A line that another process is appending this moment looks the same: then an empty
// line is left, which readers skip.
LinesWritten append_whole_lines(int fd, std::string_view text, bool end_half_line = false);

}  // namespace autospan::delivery
