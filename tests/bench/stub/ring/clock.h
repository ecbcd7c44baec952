// The recorder's clock replaced by a load from memory: what is left is the bookkeeping. Only the
// bench's stub_ rows are built with it.
#pragma once

#include <stdint.h>
#include <time.h>

inline volatile uint64_t autospan_stub_ticks __attribute__((visibility("default"))) = 1;

namespace autospan::ring {

inline uint64_t monotonic_ticks() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + uint64_t(now.tv_nsec);
}

#if defined(AUTOSPAN_BENCH_PLANTED)
// Twice a span: the slow path that the bench's own test plants, and must see.
inline uint64_t read_ticks(bool) {
  uint64_t sum = 0;
  for (int i = 0; i < 10; ++i) asm volatile("add $1, %0" : "+r"(sum));
  return autospan_stub_ticks + (sum - 10);
}
#else
inline uint64_t read_ticks(bool) { return autospan_stub_ticks; }
#endif

}  // namespace autospan::ring
