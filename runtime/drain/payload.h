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
};

class PayloadReader {
 public:
  // `skip` cells at the start belong to something else (DetachedIds).
  PayloadReader(const std::uint64_t* cells, std::uint32_t count, bool packed, const ring::Site* site,
                std::uint32_t skip = 0)
      : cells_(cells), count_(count), at_(skip), site_(packed ? site : nullptr) {}

  // False at the end, or at damage.
  bool next(Entry& entry);
  bool damaged() const { return damaged_; }

 private:
  bool next_packed(Entry& entry);
  bool next_tagged(Entry& entry);
  bool take_bytes(std::uint32_t length, std::string_view& out);
  bool fail() {
    damaged_ = true;
    return false;
  }

  const std::uint64_t* cells_;
  std::uint32_t count_, at_;
  const ring::Site* site_;           // while packed params are left
  std::uint32_t param_ = 0;
  bool damaged_ = false;
};

inline const std::uint64_t* payload_cells(const ring::Slot* slots) { return slots->payload; }
inline std::uint32_t payload_count(std::uint32_t slots) {
  return ring::kHeadCells + (slots - 1) * ring::kSlotCells;
}

}  // namespace autospan::drain
