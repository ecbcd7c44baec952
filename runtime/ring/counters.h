// Calls that no span stands for: of sites that went over their budget.
#pragma once

#include <cstdint>
#include <map>

#include "ring/ring_view.h"

namespace autospan::ring {

struct CounterTotal {
  std::uint64_t calls = 0;     // counted, by all threads, gone ones too
  std::uint32_t state = 0;     // the furthest that a live thread degraded it: CounterState
};

// By site id.
std::map<std::uint32_t, CounterTotal> read_counters(const RingView& view);

}  // namespace autospan::ring
