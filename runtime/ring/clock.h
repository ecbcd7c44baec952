// The recorder's clock, in ticks: the TSC where the self-test at attach trusts it, else
// CLOCK_MONOTONIC in nanoseconds. One branch, always predicted. The bench's stub_ rows replace this
// file by one that loads from memory.
#pragma once

#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace autospan::ring {

// Never inlined: the hot path keeps its registers.
[[gnu::noinline, gnu::cold]] inline uint64_t monotonic_ticks() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + uint64_t(now.tv_nsec);
}

// Plain rdtsc, as Tracy does: on a 31 ns body it reports 20 ns, rdtscp 30 ns at twice the price.
inline uint64_t read_ticks(bool tsc) {
#if defined(__x86_64__)
  if (__builtin_expect(tsc, 1)) return __rdtsc();
#else
  (void)tsc;
#endif
  return monotonic_ticks();
}

}  // namespace autospan::ring
