// Calls that no span stands for: of sites that went over their budget.
#pragma once

#include <cstdint>
#include <map>

#include "ring/ring_view.h"

namespace autospan::ring {

struct CounterTotal {
  std::uint64_t calls = 0;     // counted, by all threads, gone ones too; falls when a span comes to stand for some
  std::uint64_t settled = 0;   // of these, what no later span will stand for
  std::uint32_t state = 0;     // the furthest that a live thread degraded it: CounterState
};

// By site id.
std::map<std::uint32_t, CounterTotal> read_counters(const RingView& view);

}  // namespace autospan::ring
