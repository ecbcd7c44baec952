// What one event and one request may measure on the wire (research/honeycomb.md §1). Honeycomb's
// own pages disagree on some; these are the ones that its clients keep to.
#pragma once

#include <cstddef>

namespace autospan::wire {

inline constexpr std::size_t kEventBytesMax = 1'000'000;  // one encoded batch entry
inline constexpr std::size_t kBatchBytesMax = 5'000'000;  // one uncompressed request body
inline constexpr std::size_t kEventFieldsMax = 2'000;     // fields of one event, ours included
inline constexpr std::size_t kTextBytesMax = 65'535;      // one string, before JSON escaping
inline constexpr std::size_t kBatchEventsMax = 500;       // as Refinery sends upstream

static_assert(kEventBytesMax + 2 <= kBatchBytesMax,
              "a lone event fits a request with its brackets");
static_assert(kTextBytesMax * 6 + 64 < kEventBytesMax, "one escaped string cannot fill an event");

}  // namespace autospan::wire
