// One drainer a ring: the lease in its header, taken by compare-and-swap, and from a dead holder only.
#pragma once

#include "ring/ring_view.h"

namespace autospan::drain {

enum class Lease { kTaken, kHeldByOther };

// Takes the lease for the calling process, or keeps it.
Lease take_lease(const ring::RingView& view);
void release_lease(const ring::RingView& view);

}  // namespace autospan::drain
