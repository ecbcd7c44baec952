// Where NDJSON lines go: the inbox of the local store, or a file of the user's. Neither keeps a
// descriptor between two batches: a host that closes all of its descriptors would hand us another
// file under the old number.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "export/whole_lines.h"

namespace autospan::delivery {

class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual LinesWritten append(std::string_view lines) = 0;
  virtual const std::string& place() const = 0;  // for messages
};

// Segments of at most kSegmentBytesMax (and one batch): `<UTC time>-<pid>-<n>.ndjson`, sortable by
// time, each written by one process alone.
inline constexpr std::size_t kSegmentBytesMax = 16u << 20;
std::unique_ptr<LineSink> open_inbox(std::string directory,
                                     std::size_t segment_bytes_max = kSegmentBytesMax);

// file:PATH, a pipe or terminal too. Several processes may append to it.
std::unique_ptr<LineSink> open_line_file(std::string path);

}  // namespace autospan::delivery
