// The recorder's clock replaced by a load from memory: what is left is the bookkeeping. Only the
// bench's stub_ rows are built with it.
#pragma once

#include <stdint.h>
#include <time.h>

inline volatile uint64_t autospan_stub_ticks __attribute__((visibility("default"))) = 1;

namespace autospan::ring {

enum class ClockMode : uint32_t { kMonotonic = 0, kTsc = 1, kPrecise = 2 };
inline constexpr bool kClockStubbed = true;

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

inline uint64_t precise_ticks() { return read_ticks(true); }
inline bool tsc_is_invariant() { return true; }
inline uint64_t read_clock(ClockMode) { return read_ticks(true); }

}  // namespace autospan::ring
