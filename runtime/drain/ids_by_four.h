// Span ids of four sequence numbers at once: a thread's spans are numbered in a row, and a hash costs
// more than all else that is told of a span.
#pragma once

#include <cstdint>

#include "ring/ids.h"

namespace autospan::drain {

// out[i] = siphash(seed, words[i], domains[i]) of ring/ids.h.
void siphash_by_four(const std::uint64_t seed[2], const std::uint64_t words[4],
                     const std::uint64_t domains[4], std::uint64_t out[4]);

}  // namespace autospan::drain
