// The recorder's clock, in ticks: the TSC where the self-test at attach trusts it, else
// CLOCK_MONOTONIC in nanoseconds. The bench's stub_ rows replace this file by one that loads from memory.
#pragma once

#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace autospan::ring {

enum class ClockMode : uint32_t {
  kMonotonic = 0,
  kTsc = 1,
  kPrecise = 2,  // the TSC, waiting for what comes before: dearer, and exact to a few nanoseconds
};
inline constexpr bool kClockStubbed = false;

// Never inlined: the hot path keeps its registers.
[[gnu::noinline, gnu::cold]] inline uint64_t monotonic_ticks() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + uint64_t(now.tv_nsec);
}

#if defined(__x86_64__)
// Plain rdtsc, as Tracy does: on a 31 ns body it reports 20 ns, rdtscp 30 ns at twice the price.
inline uint64_t read_ticks(bool tsc) { return __builtin_expect(tsc, 1) ? __rdtsc() : monotonic_ticks(); }

// CPUID may hide rdtscp: a fence does what it does.
[[gnu::noinline, gnu::cold]] inline uint64_t precise_ticks() {
  _mm_lfence();
  const uint64_t ticks = __rdtsc();
  _mm_lfence();
  return ticks;
}

inline void read_cpuid(uint32_t leaf, uint32_t out[4]) {
  __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "0"(leaf), "2"(0));
}
inline bool tsc_is_invariant() {
  uint32_t r[4];
  read_cpuid(0x80000000, r);
  if (r[0] < 0x80000007) return false;
  read_cpuid(0x80000007, r);
  return r[3] & 1 << 8;
}
#else
inline uint64_t read_ticks(bool) { return monotonic_ticks(); }
inline uint64_t precise_ticks() { return monotonic_ticks(); }
inline bool tsc_is_invariant() { return false; }
#endif

inline uint64_t read_clock(ClockMode mode) {
  if (__builtin_expect(mode == ClockMode::kPrecise, 0)) return precise_ticks();
  return read_ticks(mode != ClockMode::kMonotonic);
}

}  // namespace autospan::ring
