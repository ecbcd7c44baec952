#include "ring/counters.h"

#include <algorithm>

namespace autospan::ring {

static void read_chunk(const RingView& view, std::uint32_t chunk,
                       std::map<std::uint32_t, CounterTotal>& out) {
  const auto* cells = reinterpret_cast<const CounterCell*>(view.slots(chunk) + 1);
  for (std::uint32_t i = 0; i < kCountersPerChunk; ++i) {
    const std::uint32_t site = load(cells[i].site);
    if (site == 0) continue;
    CounterTotal& total = out[site & kCounterSiteMask];
    const std::uint64_t counted = load(cells[i].counted);
    total.settled += counted;
    total.calls += uncounted_calls(site, load(cells[i].left), counted);
    total.state = std::max(total.state, site >> kCounterStateShift);
  }
}

std::map<std::uint32_t, CounterTotal> read_counters(const RingView& view) {
  std::map<std::uint32_t, CounterTotal> out;
  // A thread that ends adds its counts to the process's, then gives its chunk back: read in this order
  // they are never seen twice.
  for (const bool of_process : {true, false})
    for (std::uint32_t c = 0; c < view.chunk_count(); ++c)
      if (load(view.chunk(c).kind) == kChunkCounters && load_acquire(view.chunk(c).epoch) != 0 &&
          (load(view.chunk(c).owner) == kNone) == of_process)
        read_chunk(view, c, out);
  return out;
}

}  // namespace autospan::ring
