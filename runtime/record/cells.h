// Values as 8-byte cells: how the payload of a frame or record is written. FORMAT.md, "Payload".
#pragma once

#include <string.h>

#include "autospan/abi.h"
#include "record/writer.h"
#include "ring/format.h"

namespace autospan::record {

// What one frame may hold in all; the rest goes into field records.
inline constexpr uint32_t kFrameCellsMax =
    ring::kHeadCells + ring::kContinuationMax * ring::kSlotCells;

constexpr bool is_text(uint8_t type) { return type == AUTOSPAN_STR || type == AUTOSPAN_JSON; }
constexpr bool carries_data(uint8_t type) {
  return type != AUTOSPAN_OPAQUE && type != AUTOSPAN_REDACTED;
}

// Continuation slots that so many cells need.
constexpr uint32_t continuation_for(uint32_t cells) {
  return cells <= ring::kHeadCells
             ? 0
             : (cells - ring::kHeadCells + ring::kSlotCells - 1) / ring::kSlotCells;
}
constexpr uint32_t cells_in(uint32_t continuation) {
  return ring::kHeadCells + continuation * ring::kSlotCells;
}

// At most `limit` bytes, never ending inside a code point.
inline uint32_t clamp_text(const char* text, size_t length, uint32_t limit) {
  if (__builtin_expect(length <= limit, 1)) return uint32_t(length);
  uint32_t cut = limit;
  while (cut > limit - 4 && (uint8_t(text[cut]) & 0xc0) == 0x80) --cut;
  return cut;
}
constexpr uint32_t cells_of_bytes(uint32_t bytes) { return (bytes + 7) / 8; }

// Where cells go: three in the head, the others in the slots that continue it, which lie elsewhere
// while the frame is open. Readers may be looking.
class Cells {
 public:
  Cells(ring::Slot& head, ring::Slot* rest, uint32_t at = 0)
      : head_(head.payload), rest_(reinterpret_cast<uint64_t*>(rest)), at_(at) {}
  // One run, of a detached frame.
  explicit Cells(uint64_t* cells, uint32_t at = 0) : head_(cells), rest_(cells + ring::kHeadCells), at_(at) {}
  uint32_t at() const { return at_; }
  void word(uint64_t value) {
    put(at_ < ring::kHeadCells ? head_[at_] : rest_[at_ - ring::kHeadCells], value);
    ++at_;
  }
  // Zero-padded to whole cells.
  void bytes(const char* text, uint32_t length) {
    for (; length >= 8; text += 8, length -= 8) {
      uint64_t cell;
      memcpy(&cell, text, 8);
      word(cell);
    }
    if (!length) return;
    uint64_t cell = 0;
    memcpy(&cell, text, length);
    word(cell);
  }

 private:
  uint64_t* head_;
  uint64_t* rest_;
  uint32_t at_;
};

// A cell of an open frame that has an Extra.
inline uint64_t& frame_cell(Writer& w, ring::Slot& f, uint32_t at) {
  if (at < ring::kHeadCells) return f.payload[at];
  return reinterpret_cast<uint64_t*>(slot_at(w, extra_of(f).spill))[at - ring::kHeadCells];
}

// A tagged entry. An absent value (NONE) takes none.
inline uint32_t tagged_cells(const autospan_v1_slot& v, uint32_t limit) {
  if (v.type == AUTOSPAN_NONE || v.type >= AUTOSPAN_TYPES) return 0;
  if (!carries_data(v.type)) return 1;
  if (!is_text(v.type)) return 2;
  const char* text = reinterpret_cast<const char*>(v.word);
  return 1 + cells_of_bytes(text ? clamp_text(text, v.length, limit) : 0);
}
// Of a value with data or without: the tag, and what follows it (and an inline key).
inline uint64_t tag_of(const autospan_v1_slot& v, uint32_t key, uint32_t limit) {
  if (!is_text(v.type)) return ring::make_tag(v.type, v.flags, 0, key);
  const char* text = reinterpret_cast<const char*>(v.word);
  const uint32_t length = text ? clamp_text(text, v.length, limit) : 0;
  const uint8_t cut = length < v.length ? AUTOSPAN_TRUNCATED : 0;
  return ring::make_tag(v.type, v.flags | cut, length, key);
}
inline void store_data(Cells& to, const autospan_v1_slot& v, uint64_t tag) {
  if (is_text(v.type))
    to.bytes(reinterpret_cast<const char*>(v.word), uint32_t(tag >> 16 & 0xffff));
  else if (carries_data(v.type))
    to.word(v.word);
}
inline void store_tagged(Cells& to, const autospan_v1_slot& v, uint32_t key, uint32_t limit) {
  if (!tagged_cells(v, limit)) return;
  const uint64_t tag = tag_of(v, key, limit);
  to.word(tag);
  store_data(to, v, tag);
}

}  // namespace autospan::record
