// The ring of a process that lives, wherever it lies: in a directory of ours, in one that the
// process named, in a container, removed from its directory.
#pragma once

#include <cstdint>
#include <memory>

#include "ring/ring_view.h"

namespace autospan::cli {

// What /proc says that it has mapped, if it is its own (a child of fork still has its parent's
// until its first span). Null where there is none, or none that we may read, or write with `cursors`.
std::unique_ptr<ring::RingView> ring_of_live(std::uint32_t pid, bool cursors = false);

}  // namespace autospan::cli
