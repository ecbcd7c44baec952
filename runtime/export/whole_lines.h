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
// once. A half line left by a full disk is cut off again; one that a crash left before is ended
// first (that needs a readable fd). On a pipe or terminal neither is possible nor needed.
LinesWritten append_whole_lines(int fd, std::string_view text);

}  // namespace autospan::delivery
