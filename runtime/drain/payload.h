// Walks the tagged entries of a payload. Bounds come from the record's own slots; what does not fit
// ends the walk as damage.
#pragma once

#include <cstdint>
#include <string_view>

#include "drain/values.h"
#include "ring/ring_reader.h"

namespace autospan::drain {

struct Entry {
  std::uint32_t key = 0;             // FORMAT.md, "Payload"
  std::string_view inline_key;       // where key is kKeyInline
  RawValue value;
  const std::uint64_t* fold = nullptr;  // of kTagFold: count, sum, longest
};

class PayloadReader {
 public:
  // The first `skip` cells belong to something else: the values of the shape, DetachedIds.
  PayloadReader(const std::uint64_t* cells, std::uint32_t count, std::uint32_t skip = 0)
      : cells_(cells), count_(count), at_(skip) {}

  // False at the end, or at damage.
  bool next(Entry& entry);
  bool damaged() const { return damaged_; }

 private:
  bool take_bytes(std::uint32_t length, std::string_view& out);
  bool fail() {
    damaged_ = true;
    return false;
  }

  const std::uint64_t* cells_;
  std::uint32_t count_;
  std::uint32_t at_ = 0;
  bool damaged_ = false;
};

constexpr std::uint32_t payload_count(std::uint32_t slots) {
  return ring::kHeadCells + (slots - 1) * ring::kSlotCells;
}

}  // namespace autospan::drain
