// Records that are written at once, into the thread's ring: field values too long for their span's
// frame, events, links, detached spans that ended. Inside a SlowPath.
#pragma once

#include "autospan/abi.h"
#include "record/writer.h"

namespace autospan::record {

// A field's name: the id of a field site or one of FORMAT.md's numbers, or kKeyInline and its bytes.
struct Key {
  uint32_t id;
  const char* text;
  uint32_t length;
  uint32_t cells() const { return id == ring::kKeyInline ? 1 + (length + 7) / 8 : 0; }
};

// The span that a record belongs to, as the record names it.
struct Owner {
  uint64_t seq;
  uint64_t root;
  uint32_t site;
};
Owner owner_of(const Writer& w, const ring::Slot& frame);

// False = no memory for it.
bool record_field(Writer& w, const Owner& owner, const Key& key, const autospan_v1_slot& v);
bool record_event(Writer& w, const Owner& owner, const autospan_v1_site& site,
                  const autospan_v1_slot* values, size_t count);
bool record_link(Writer& w, const Owner& owner, const autospan_v1_context& to);
bool record_detached(Writer& w, const ring::DetachedFrame& f, uint64_t end);

}  // namespace autospan::record
