#include "ring/counters.h"

#include <algorithm>

namespace autospan::ring {

std::map<std::uint32_t, CounterTotal> read_counters(const RingView& view) {
  std::map<std::uint32_t, CounterTotal> out;
  for (std::uint32_t c = 0; c < view.chunk_count(); ++c) {
    if (load(view.chunk(c).kind) != kChunkCounters || load_acquire(view.chunk(c).epoch) == 0)
      continue;
    const auto* cells = reinterpret_cast<const CounterCell*>(view.slots(c) + 1);
    for (std::uint32_t i = 0; i < kCountersPerChunk; ++i) {
      const std::uint32_t site = load(cells[i].site);
      if (site == 0) continue;
      CounterTotal& total = out[site & kCounterSiteMask];
      total.calls += uncounted_calls(site, load(cells[i].left), load(cells[i].counted));
      total.state = std::max(total.state, site >> kCounterStateShift);
    }
  }
  return out;
}

}  // namespace autospan::ring
