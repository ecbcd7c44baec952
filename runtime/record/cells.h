// Values as 8-byte cells: how the payload of a frame or record is written. FORMAT.md, "Payload".
#pragma once

#include <string.h>

#include "autospan/abi.h"
#include "ring/format.h"

namespace autospan::record {

// What one frame may hold in all; the rest goes into field records.
inline constexpr uint32_t kFrameCellsMax =
    ring::kHeadCells + ring::kContinuationMax * ring::kSlotCells;

constexpr bool is_text(uint8_t type) { return type == AUTOSPAN_STR || type == AUTOSPAN_JSON; }
constexpr bool carries_data(uint8_t type) {
  return type != AUTOSPAN_OPAQUE && type != AUTOSPAN_REDACTED;
}

constexpr uint32_t slots_for(uint32_t cells) {
  return cells <= ring::kHeadCells
             ? 1
             : 1 + (cells - ring::kHeadCells + ring::kSlotCells - 1) / ring::kSlotCells;
}
constexpr uint32_t cells_in(uint32_t slots) {
  return ring::kHeadCells + (slots - 1) * ring::kSlotCells;
}
inline void terminate_cells(uint64_t* cells, uint32_t used, uint32_t slots) {
  if (used < cells_in(slots)) cells[used] = 0;
}

// At most `limit` bytes, never ending inside a code point.
inline uint32_t clamp_text(const char* text, size_t length, uint32_t limit) {
  if (__builtin_expect(length <= limit, 1)) return uint32_t(length);
  uint32_t cut = limit;
  while (cut > limit - 4 && (uint8_t(text[cut]) & 0xc0) == 0x80) --cut;
  return cut;
}

// A param of a packed payload: a length cell {stored:32, original:32} and the bytes, zero-padded.
inline uint32_t text_cells(uint32_t length) { return 1 + (length + 7) / 8; }
inline void store_bytes(uint64_t* cells, const char* text, uint32_t length) {
  if (!length) return;
  cells[(length - 1) / 8] = 0;
  memcpy(cells, text, length);
}
inline void store_text(uint64_t* cells, const char* text, uint32_t length, size_t original) {
  const uint32_t whole = original > 0xffffffff ? 0xffffffff : uint32_t(original);
  cells[0] = uint64_t{length} | uint64_t{whole} << 32;
  store_bytes(cells + 1, text, length);
}

// A tagged entry. An absent value (NONE) takes none.
inline uint32_t tagged_cells(const autospan_v1_slot& v, uint32_t limit) {
  if (v.type == AUTOSPAN_NONE || v.type >= AUTOSPAN_TYPES) return 0;
  if (!carries_data(v.type)) return 1;
  if (!is_text(v.type)) return 2;
  const char* text = reinterpret_cast<const char*>(v.word);
  return text_cells(text ? clamp_text(text, v.length, limit) : 0);
}
// Of a value with data or without: the tag, and what follows it (and an inline key).
inline uint64_t tag_of(const autospan_v1_slot& v, uint32_t key, uint32_t limit) {
  if (!is_text(v.type)) return ring::make_tag(v.type, v.flags, 0, key);
  const char* text = reinterpret_cast<const char*>(v.word);
  const uint32_t length = text ? clamp_text(text, v.length, limit) : 0;
  const uint8_t cut = length < v.length ? AUTOSPAN_TRUNCATED : 0;
  return ring::make_tag(v.type, v.flags | cut, length, key);
}
inline void store_data(uint64_t* cells, const autospan_v1_slot& v, uint64_t tag) {
  if (is_text(v.type))
    store_bytes(cells, reinterpret_cast<const char*>(v.word), uint32_t(tag >> 16 & 0xffff));
  else if (carries_data(v.type))
    cells[0] = v.word;
}
inline uint32_t store_tagged(uint64_t* cells, const autospan_v1_slot& v, uint32_t key,
                             uint32_t limit) {
  const uint32_t used = tagged_cells(v, limit);
  if (!used) return 0;
  cells[0] = tag_of(v, key, limit);
  store_data(cells + 1, v, cells[0]);
  return used;
}

}  // namespace autospan::record
