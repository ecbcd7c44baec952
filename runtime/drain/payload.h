// Walks the payload of a record: packed params first, tagged entries after. Bounds come from the
// record's own slots; what does not fit ends the walk as damage.
#pragma once

#include <cstdint>
#include <string_view>

#include "drain/values.h"
#include "ring/ring_reader.h"

namespace autospan::drain {

struct Entry {
  std::uint32_t key = 0;             // FORMAT.md, "Tags"; kKeyParam + index for packed values
  std::string_view inline_key;       // where key is kKeyInline
  RawValue value;
  const std::uint64_t* fold = nullptr;  // of kTagFold: count, sum, longest
};

class PayloadReader {
 public:
  // Of a span: what its shape says of the site's params, then tagged entries where there are more.
  PayloadReader(const ring::Slot* slots, std::uint32_t cells, const ring::Site* site)
      : cells_(slots->payload),
        count_(cells),
        head_(slots->head),
        site_(site),
        packed_end_(values_in(ring::head_shape(slots->head))) {}
  // Tagged entries alone, after `skip` cells that belong to something else (DetachedIds).
  PayloadReader(const std::uint64_t* cells, std::uint32_t count, std::uint32_t skip = 0)
      : cells_(cells), count_(count), at_(skip), head_(ring::kHeadMore) {}

  // False at the end, or at damage.
  bool next(Entry& entry);
  bool damaged() const { return damaged_; }

 private:
  static constexpr std::uint32_t values_in(std::uint32_t shape) {
    switch (shape) {
      case ring::kShapeWord:
      case ring::kShapeText: return 1;
      case ring::kShapeTwoWords:
      case ring::kShapeWordText: return 2;
      default: return 0;
    }
  }
  bool next_packed(Entry& entry);
  bool next_tagged(Entry& entry);
  bool take_bytes(std::uint32_t length, std::string_view& out);
  bool fail() {
    damaged_ = true;
    return false;
  }

  const std::uint64_t* cells_;
  std::uint32_t count_;
  std::uint32_t at_ = 0;
  std::uint64_t head_;
  const ring::Site* site_ = nullptr;
  std::uint32_t packed_ = 0, packed_end_ = 0;  // values of the shape: handed out, in all
  std::uint32_t param_ = 0;
  bool damaged_ = false;
};

constexpr std::uint32_t payload_count(std::uint32_t slots) {
  return ring::kHeadCells + (slots - 1) * ring::kSlotCells;
}

}  // namespace autospan::drain
