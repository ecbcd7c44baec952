// Detached spans as the recorder's other files see them: frames in slabs of the file. Inside a SlowPath,
// but for find_detached() and the idle time.
#pragma once

#include "autospan/abi.h"
#include "record/records.h"
#include "record/writer.h"

namespace autospan::record {

// An open frame, its parent the innermost open span or the attached context; `site` is registered. Null =
// off, or no memory, which is counted.
ring::DetachedFrame* open_detached(Writer& w, autospan_v1_site& site, const autospan_v1_slot* values,
                                   size_t count);
// The frame in that slot while it is open, else null: also for what another process left in a handle.
ring::DetachedFrame* find_detached(uint32_t slot);
uint32_t slot_of(const ring::DetachedFrame& f);

void begin_idle(ring::DetachedFrame& f);
void end_idle(ring::DetachedFrame& f);

// A field of the span, while its frame has room; a text is cut to what room there is. False = none.
bool add_field(ring::DetachedFrame& f, const Key& key, const autospan_v1_slot& v);
void note_text(ring::DetachedFrame& f, uint32_t key, const char* text, size_t length);

// Into the ring, and the frame is free again. False = there was no room for the record.
bool close_detached(Writer& w, ring::DetachedFrame& f);

}  // namespace autospan::record
