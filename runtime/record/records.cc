#include "record/records.h"

#include <string.h>

#include "record/cells.h"
#include "record/narrow.h"
#include "ring/clock.h"
#include "ring/ids.h"

namespace autospan::record {

using ring::Slot;

static constexpr uint32_t kPartBytes = 4096;

Owner owner_of(const Writer& w, const Slot& frame) {
  return {frame.duration, w.root, ring::head_site(frame.head)};
}

// A record of `cells` cells; null = no chunk. Cells of the ring are read while we write: put().
static Slot* begin_record(Writer& w, uint32_t cells) {
  const uint32_t slots = 1 + continuation_for(cells);
  if (w.record + slots > w.record_end && !turn_chunk(w)) return nullptr;
  return w.record + slots <= w.record_end ? w.record : nullptr;
}

struct Head {
  uint64_t start, duration;
  Owner owner;
  ring::SlotKind kind;
};
static void write_record(Writer& w, Slot* r, const Head& head, uint32_t cells, uint64_t flags = 0) {
  const uint32_t continuation = continuation_for(cells);
  if (cells < cells_in(continuation)) Cells(*r, r + 1, cells).word(0);
  put(r->start, head.start);
  put(r->duration, head.duration);
  put(r->lineage, uint64_t{uint32_t(head.owner.seq)});
  put(r->root, head.owner.root);
  commit_record(w, r, 1 + continuation,
                ring::make_head(head.owner.site, head.kind) | ring::kHeadMore | flags |
                    uint64_t{continuation} << ring::kHeadContinuationShift | w.epoch);
}

// In as many records as it takes: all but the last say that more follows.
bool record_field(Writer& w, const Owner& owner, const Key& key, const autospan_v1_slot& v) {
  const bool text = is_text(v.type);
  const char* bytes = reinterpret_cast<const char*>(v.word);
  const uint32_t length = text ? clamp_text(bytes, v.length, ring::kValueBytesMax) : 0;
  uint32_t done = 0;
  do {
    const uint32_t part = length - done < kPartBytes ? length - done : kPartBytes;
    const uint32_t used =
        1 + key.cells() + (text ? cells_of_bytes(part) : carries_data(v.type));
    Slot* r = begin_record(w, used);
    if (!r) return false;
    uint8_t flags = v.flags;
    if (text && length < v.length) flags |= AUTOSPAN_TRUNCATED;
    if (done + part < length) flags |= ring::kTagMore;
    Cells to(*r, r + 1);
    to.word(ring::make_tag(v.type, flags, part, key.id));
    if (key.id == ring::kKeyInline) to.word(key.length), to.bytes(key.text, key.length);
    if (text)
      to.bytes(bytes + done, part);
    else if (carries_data(v.type))
      to.word(v.word);
    write_record(w, r, {ring::read_clock(w.clock), 0, owner, ring::kSlotField}, used);
    done += part;
  } while (done < length);
  return true;
}

bool record_link(Writer& w, const Owner& owner, const autospan_v1_context& to) {
  Slot* r = begin_record(w, 3);
  if (!r) return false;
  put(r->payload[0], ring::load_big_endian(to.trace_id));
  put(r->payload[1], ring::load_big_endian(to.trace_id + 8));
  put(r->payload[2], ring::load_big_endian(to.span_id));
  write_record(w, r, {ring::read_clock(w.clock), 0, owner, ring::kSlotLink}, 3);
  return true;
}

bool record_event(Writer& w, const Owner& owner, const autospan_v1_site& site,
                  const autospan_v1_slot* values, size_t count) {
  uint32_t used = 0;
  size_t kept = 0;
  for (; kept < count; ++kept) {
    const uint32_t more = tagged_cells(shown(values[kept]), ring::kInlineValueMax);
    if (used + more > kFrameCellsMax) break;
    used += more;
  }
  Slot* r = begin_record(w, used);
  if (!r) return false;
  Cells to(*r, r + 1);
  uint32_t param = 0;
  for (size_t i = 0; i < kept; ++i) {
    while (param < site.param_count && !carries_data(site.params[param].type)) ++param;
    store_tagged(to, shown(values[i]), ring::kKeyParam + param++, ring::kInlineValueMax);
  }
  Owner named = owner;
  named.site = get(site.id);
  write_record(w, r, {ring::read_clock(w.clock), 0, named, ring::kSlotEvent}, used);
  return true;
}

bool record_detached(Writer& w, const ring::DetachedFrame& f, uint64_t end) {
  constexpr uint32_t kIds = sizeof(ring::DetachedIds) / 8;
  const uint32_t used = kIds + f.cells;
  Slot* r = begin_record(w, used);
  if (!r) return false;
  uint64_t ids[kIds];
  memcpy(ids, &f.ids, sizeof ids);
  Cells to(*r, r + 1);
  for (uint64_t word : ids) to.word(word);
  for (uint32_t i = 0; i < f.cells; ++i) to.word(f.payload[i]);
  const uint32_t site = f.site & (ring::kSitesMax - 1);
  write_record(w, r, {f.start, end > f.start ? end - f.start : 0, {f.seq, 0, site}, ring::kSlotDetached}, used,
               f.site & ring::kDetachedError ? ring::kHeadError : 0);
  return true;
}

}  // namespace autospan::record
