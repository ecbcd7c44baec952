#include "record/clock.h"

#include <string.h>
#include <sys/prctl.h>

#include "record/environment.h"
#include "ring/clock.h"

namespace autospan::record {
namespace {

// The narrowest of a few readings of the clock with both of the kernel's: an interruption between them
// makes a reading wide, not wrong.
ring::ClockAnchor read_clocks(bool tsc) {
  ring::ClockAnchor best{};
  uint64_t narrowest = ~uint64_t{0};
  for (int i = 0; i < 3; ++i) {
    timespec mono, real;
    const uint64_t before = ring::read_ticks(tsc);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    const uint64_t after = ring::read_ticks(tsc);
    clock_gettime(CLOCK_REALTIME, &real);
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    best.ticks = before + narrowest / 2;
    best.monotonic_ns = int64_t(mono.tv_sec) * 1'000'000'000 + mono.tv_nsec;
    best.realtime_ns = int64_t(real.tv_sec) * 1'000'000'000 + real.tv_nsec;
  }
  return best;
}

// The TSC must go forward and keep a plausible pace beside CLOCK_MONOTONIC.
bool keeps_pace(uint64_t* per_second) {
  const ring::ClockAnchor first = read_clocks(true);
  ring::ClockAnchor last = first;
  while (last.monotonic_ns - first.monotonic_ns < 30'000) {
    const ring::ClockAnchor now = read_clocks(true);
    if (now.ticks <= last.ticks || now.monotonic_ns <= last.monotonic_ns) return false;
    last = now;
  }
  *per_second = uint64_t(double(last.ticks - first.ticks) /
                         double(last.monotonic_ns - first.monotonic_ns) * 1e9);
  return *per_second > 100'000'000 && *per_second < 20'000'000'000;
}

}  // namespace

bool clock_may_be_read() {
  int mode = PR_TSC_ENABLE;
  return prctl(PR_GET_TSC, &mode) != 0 || mode != PR_TSC_SIGSEGV;
}

void take_anchor(Process& p) {
  ring::FileHeader& h = header(p);
  const ring::ClockAnchor now = read_clocks(p.clock != ring::ClockMode::kMonotonic);
  const uint32_t count = h.anchor_count;
  ring::ClockAnchor& slot =
      h.anchors[count == 0 ? 0 : 1 + (count - 1) % (ring::kAnchors - 1)];
  put(slot.sequence, uint64_t{0});
  __atomic_thread_fence(__ATOMIC_RELEASE);
  put(slot.ticks, now.ticks);
  put(slot.monotonic_ns, now.monotonic_ns);
  put(slot.realtime_ns, now.realtime_ns);
  __atomic_store_n(&slot.sequence, uint64_t{count} + 1, __ATOMIC_RELEASE);
  __atomic_store_n(&h.anchor_count, count + 1, __ATOMIC_RELEASE);
}

void start_clock(Process& p) {
  ring::FileHeader& h = header(p);
  const ClockChoice wanted = configured_clock();
  uint64_t per_second = 0;
  bool tsc = wanted != ClockChoice::kMonotonic;
  if (tsc && !ring::kClockStubbed)
    tsc = keeps_pace(&per_second) && (wanted == ClockChoice::kTsc || ring::tsc_is_invariant());
  if (ring::kClockStubbed) per_second = 1'000'000'000;
  p.clock = !tsc ? ring::ClockMode::kMonotonic
            : wanted == ClockChoice::kPrecise ? ring::ClockMode::kPrecise
                                              : ring::ClockMode::kTsc;
  h.clock_kind = tsc ? ring::kClockTsc : ring::kClockMonotonic;
  h.ticks_per_second = tsc ? per_second : 1'000'000'000;
  p.min_ticks = ticks_of_us(p, environment_duration_us("AUTOSPAN_MIN_DURATION", 0));
  take_anchor(p);
}

uint64_t ticks_of_us(const Process& p, uint64_t us) {
  return uint64_t(double(us) * 1e-6 * double(header(p).ticks_per_second));
}

}  // namespace autospan::record
