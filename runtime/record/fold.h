// Spans too short to be worth a record: counted in their parent, with the sum and the longest of their
// durations. Four sites by name, the others together.
#pragma once

#include "record/writer.h"

namespace autospan::record {

// The top frame, `ticks` long, goes into the frame below instead of the ring. False where it must be
// kept: not short, an error, known elsewhere by its id, a root, a parent of something that was recorded,
// or no room below.
bool fold(Writer& w, ring::Slot& f, uint64_t ticks);

}  // namespace autospan::record
