// Files that are mapped may be cut short while they are read: what is gone reads as zeros then, and
// is told, instead of killing the reader with SIGBUS.
#pragma once

namespace autospan::cli {

// For the whole process. A host that ignores SIGBUS hands that on to its jobs: then nothing is done.
void outlive_lost_pages();
// Whether any were read.
bool lost_pages();

}  // namespace autospan::cli
