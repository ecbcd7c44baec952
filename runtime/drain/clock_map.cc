#include "drain/clock_map.h"

#include <ctime>

#include "drain/identity.h"
#include "ring/clock.h"

namespace autospan::drain {
namespace {

std::int64_t now_ns(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

// A consistent copy; a sequence of 0 = being written, or never was.
ring::ClockAnchor load_anchor(const ring::ClockAnchor& from) {
  ring::ClockAnchor a;
  a.sequence = ring::load_acquire(from.sequence);
  a.ticks = ring::load(from.ticks);
  a.monotonic_ns = ring::load(from.monotonic_ns);
  a.realtime_ns = ring::load(from.realtime_ns);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if (ring::load(from.sequence) != a.sequence) a.sequence = 0;
  return a;
}

ring::ClockAnchor anchor_now(bool tsc) {
  ring::ClockAnchor a{};
  const std::uint64_t before = ring::read_ticks(tsc);
  a.monotonic_ns = now_ns(CLOCK_MONOTONIC);
  a.ticks = before + (ring::read_ticks(tsc) - before) / 2;
  a.realtime_ns = now_ns(CLOCK_REALTIME);
  a.sequence = 1;
  return a;
}

constexpr double kShortestBaseNs = 20e6;

}  // namespace

void ClockMap::update(const ring::RingView& view) {
  const ring::FileHeader& h = view.header();
  tsc_ = h.clock_kind == ring::kClockTsc;
  const ring::ClockAnchor first = load_anchor(h.anchors[0]);
  ring::ClockAnchor last = first;
  for (const ring::ClockAnchor& slot : h.anchors)
    if (const ring::ClockAnchor a = load_anchor(slot); a.sequence > last.sequence) last = a;
  if (double(last.monotonic_ns - first.monotonic_ns) < kShortestBaseNs &&
      same_boot(h.process))
    last = anchor_now(tsc_);
  first_ticks_ = first.ticks;
  first_unix_ns_ = first.realtime_ns;
  const double base_ns = double(last.monotonic_ns - first.monotonic_ns);
  const double base_ticks = double(std::int64_t(last.ticks - first.ticks));
  if (!tsc_)
    ns_per_tick_ = 1.0;
  else if (base_ns > 1e5 && base_ticks > 1e4 && base_ns / base_ticks < 100)
    ns_per_tick_ = base_ns / base_ticks;
  else if (h.ticks_per_second)
    ns_per_tick_ = 1e9 / double(h.ticks_per_second);
}

std::int64_t ClockMap::unix_ns(std::uint64_t ticks) const {
  return first_unix_ns_ + std::int64_t(double(std::int64_t(ticks - first_ticks_)) * ns_per_tick_);
}

std::int64_t ClockMap::duration_ns(std::uint64_t ticks) const {
  const double ns = double(ticks) * ns_per_tick_;
  return ns > 9e18 ? 0 : std::int64_t(ns);
}

std::uint64_t ClockMap::now_ticks() const { return ring::read_ticks(tsc_); }

}  // namespace autospan::drain
