// Remembers which spans were named as a parent lately, so that a span which ends after its children
// can be told from a leaf. Bounded and forgetful: a parent forgotten reads as a leaf, which only
// colours meta.span_type.
#pragma once

#include <cstring>
#include <memory>

#include "autospan/span_data.h"

namespace autospan::wire {

class ChildMemory {
 public:
  // `child` has been seen.
  void note(const SpanData& child) {
    if (child.parent_id.valid()) slots_[slot(child.parent_id)] = child.parent_id;
  }
  // It will be asked for soon: what it needs lies anywhere in the memory.
  void expect(const SpanId& span) const { __builtin_prefetch(&slots_[slot(span)]); }
  bool had_children(const SpanId& span) const { return slots_[slot(span)] == span; }

 private:
  static constexpr std::size_t kSlots = 8192;  // 64 KiB: open spans and those just closed
  static std::size_t slot(const SpanId& id) {
    std::uint64_t word;
    std::memcpy(&word, id.bytes.data(), sizeof word);
    return (word * 0x9e3779b97f4a7c15u) >> 51;  // the top 13 bits
  }
  static_assert(kSlots == std::size_t{1} << (64 - 51), "slot() yields an index below kSlots");
  std::unique_ptr<SpanId[]> slots_ = std::make_unique<SpanId[]>(kSlots);
};

}  // namespace autospan::wire
