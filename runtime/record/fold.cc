#include "record/fold.h"

#include "record/cells.h"
#include "record/fields.h"

namespace autospan::record {

using ring::Slot;


namespace {

constexpr uint32_t kFoldCells = 4;   // tag, count, sum, longest

uint64_t shortest_kept(const Writer& w, const Slot& f) {
  const bool own = f.head & ring::kFrameMin && f.root > w.min_ticks;
  return own ? f.root : w.min_ticks;
}

// Anything recorded since the frame was opened may be its child, its event, its link or its value. In a
// chunk that has just begun nobody knows.
bool something_recorded(const Writer& w, const Slot& f) {
  const Slot* chunk = reinterpret_cast<const Slot*>(w.chunk);
  const Slot* first = chunk + (w.chunk->kind == ring::kChunkThread ? ring::kFirstRecordSlot : 1);
  if (w.record == first) return w.chunk->order != 0;
  const Slot* last = w.long_end == w.record ? w.long_head : w.record - 1;
  return last->start >= f.start;
}

// Where an entry's successor stands.
uint32_t after_entry(Writer& w, Slot& f, uint32_t at) {
  const uint64_t tag = frame_cell(w, f, at++);
  const uint8_t type = uint8_t(tag);
  if (type == ring::kTagFold) return at + 3;
  if (uint32_t(tag >> 32) == ring::kKeyInline)
    at += 1 + cells_of_bytes(uint32_t(frame_cell(w, f, at)));
  if (is_text(type)) return at + cells_of_bytes(uint32_t(tag >> 16 & 0xffff));
  return at + carries_data(type);
}

// The entry to count in: the site's own, or the one of all others. False = to be made, by *key.
bool find_entry(Writer& w, Slot& f, uint32_t site, uint32_t* at, uint32_t* key) {
  *key = site;
  if (!(f.head & ring::kHeadMore)) return false;
  const uint32_t cells = extra_of(f).cells;
  uint32_t sites = 0, other = 0;
  for (uint32_t c = ring::shape_cells(f.head); c < cells; c = after_entry(w, f, c)) {
    const uint64_t tag = frame_cell(w, f, c);
    if (uint8_t(tag) != ring::kTagFold) continue;
    *at = c;
    if (tag >> 32 == site) return true;
    if (tag >> 32 == ring::kKeyFoldOther) other = c;
    ++sites;
  }
  if (sites < ring::kFoldSitesMax) return false;
  *at = other;
  *key = ring::kKeyFoldOther;
  return other != 0;
}

void count_in(Writer& w, Slot& f, uint32_t at, uint64_t calls, uint64_t ticks) {
  uint64_t& count = frame_cell(w, f, at + 1);
  uint64_t& sum = frame_cell(w, f, at + 2);
  uint64_t& longest = frame_cell(w, f, at + 3);
  put(count, count + calls);
  put(sum, sum + calls * ticks);
  if (ticks > longest) put(longest, ticks);
}

bool add_entry(Writer& w, Slot& f, uint32_t key, uint64_t calls, uint64_t ticks) {
  if (!grow_frame(w, f, kFoldCells)) return false;
  ring::Extra extra = extra_of(f);
  Cells to(f, slot_at(w, extra.spill), extra.cells);
  to.word(ring::make_tag(ring::kTagFold, 0, 0, key));
  to.word(calls);
  to.word(calls * ticks);
  to.word(ticks);
  extra.cells = uint16_t(to.at());
  signal_fence();
  set_extra(f, extra);
  return true;
}

void leave(Writer& w, Slot& f) {
  if (f.head & ring::kHeadMore && extra_of(f).spill) w.spill = slot_at(w, extra_of(f).spill);
  put(f.head, uint64_t{0});
  w.next = &f;
}

}  // namespace

bool fold(Writer& w, Slot& f, uint64_t ticks) {
  constexpr uint64_t kKept = ring::kHeadError | ring::kHeadAbandoned | ring::kHeadRoot |
                             ring::kHeadTruncated | ring::kFramePinned;
  if (ticks >= shortest_kept(w, f) || f.head & kKept) return false;
  Slot& parent = (&f)[-1];
  if (&f == bottom_of(w) || ring::head_kind(parent.head) != ring::kSlotSpan) return false;
  if (something_recorded(w, f)) return false;
  const uint64_t head = f.head;
  const uint64_t calls = ring::head_rate(head);
  uint32_t at, key;
  if (find_entry(w, parent, ring::head_site(head), &at, &key)) {
    count_in(w, parent, at, calls, ticks);
    leave(w, f);
    return true;
  }
  // The child's spill lies where the parent grows: it goes first.
  Slot* const spill = w.spill;
  leave(w, f);
  if (add_entry(w, parent, key, calls, ticks)) return true;
  w.spill = spill;
  w.next = &f + 1;
  put(f.head, head);
  return false;
}

}  // namespace autospan::record
