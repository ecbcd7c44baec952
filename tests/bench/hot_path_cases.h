// The bodies of the hot path's bench: an empty function that is not inlined, bare, between two clock
// reads, and as the plugin instruments it.
#pragma once

#include <vector>

#include "measure.h"
#include "ring/clock.h"

namespace autospan::bench {

// floor: clock, store, body, clock, store. Then span, span_int, span_int_str16 of this build's
// library; `prefix` names them.
std::vector<Case> span_cases(bool stub);

}  // namespace autospan::bench
