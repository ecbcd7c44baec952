// What is added to a span that is open, beside what it was entered with. Inside a SlowPath.
#pragma once

#include "autospan/abi.h"
#include "record/records.h"
#include "record/writer.h"

namespace autospan::record {

// Room for so many cells more in the frame. False = there is none.
bool grow_frame(Writer& w, ring::Slot& f, uint32_t cells);
// Into the frame, or where it has no room a record of its own; else counted.
void add_field(Writer& w, ring::Slot& f, const Key& key, const autospan_v1_slot& v);
void note_text(Writer& w, ring::Slot& f, uint32_t key, const char* text, size_t length);

}  // namespace autospan::record
