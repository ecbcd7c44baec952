#include "drain/clock_map.h"

#include <algorithm>
#include <ctime>

#include "drain/identity.h"
#include "ring/clock.h"

namespace autospan::drain {
namespace {

constexpr std::int64_t kKnotIntervalNs = 10'000'000'000;
constexpr std::size_t kKnotsMax = 1024;
constexpr std::size_t kOffsetsMax = 65'536;
constexpr std::int64_t kStepNs = 1'000'000;     // less is the reading of two clocks in turn
constexpr double kNsPerTickMin = 0.05, kNsPerTickMax = 10;  // 100 MHz … 20 GHz

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
  // Times that no clock tells, of a damaged file: their differences would not fit.
  constexpr std::int64_t kNsMax = std::int64_t{1} << 62;
  if (a.monotonic_ns < 0 || a.monotonic_ns > kNsMax || a.realtime_ns < 0 || a.realtime_ns > kNsMax)
    a.sequence = 0;
  return a;
}

// The narrowest of a few readings.
ring::ClockAnchor anchor_now(bool tsc) {
  ring::ClockAnchor best{};
  std::uint64_t narrowest = ~std::uint64_t{0};
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t before = ring::read_ticks(tsc);
    const std::int64_t monotonic = now_ns(CLOCK_MONOTONIC);
    const std::uint64_t after = ring::read_ticks(tsc);
    const std::int64_t realtime = now_ns(CLOCK_REALTIME);
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    best = {before + narrowest / 2, monotonic, realtime, 1};
  }
  return best;
}

bool is_step(std::int64_t from_offset_ns, std::int64_t to_offset_ns) {
  std::int64_t by;
  return __builtin_sub_overflow(to_offset_ns, from_offset_ns, &by) || by > kStepNs || by < -kStepNs;
}

std::int64_t with_offset(std::int64_t monotonic_ns, std::int64_t offset_ns) {
  std::int64_t out;
  return __builtin_add_overflow(monotonic_ns, offset_ns, &out) ? monotonic_ns : out;
}

}  // namespace

void ClockMap::use_tsc(std::uint64_t ticks_per_second) {
  tsc_ = true;
  last_ = {};
  if (ticks_per_second > 0) estimate_ = 1e9 / double(ticks_per_second);
  estimate_ = std::clamp(estimate_, kNsPerTickMin, kNsPerTickMax);
}

bool ClockMap::add(const ring::ClockAnchor& a) {
  last_ = {};
  const std::int64_t offset = a.realtime_ns - a.monotonic_ns;
  if (knots_.empty()) {
    knots_.push_back({a.ticks, a.monotonic_ns, offset});
    return true;
  }
  const Knot& last = knots_.back();
  if (a.ticks <= last.ticks || a.monotonic_ns <= last.monotonic_ns) return false;
  if (tsc_) {
    const double pace = double(a.monotonic_ns - last.monotonic_ns) / double(a.ticks - last.ticks);
    if (pace < kNsPerTickMin || pace > kNsPerTickMax) return false;
  }
  const bool step = is_step(last.offset_ns, offset);
  stepped_ |= step;
  knots_.push_back({a.ticks, a.monotonic_ns, step ? offset : last.offset_ns});
  if (knots_.size() > kKnotsMax) thin();
  return true;
}

void ClockMap::update(const ring::RingView& view) {
  const ring::FileHeader& h = view.header();
  if (ring::load(h.clock_kind) == ring::kClockTsc) use_tsc(ring::load(h.ticks_per_second));
  std::vector<ring::ClockAnchor> fresh;
  for (const ring::ClockAnchor& slot : h.anchors)
    if (const ring::ClockAnchor a = load_anchor(slot); a.sequence > seen_) fresh.push_back(a);
  std::sort(fresh.begin(), fresh.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  for (const ring::ClockAnchor& a : fresh) {
    seen_ = a.sequence;
    add(a);
  }
  if (knots_.empty() || !same_boot(h.process)) return;
  const ring::ClockAnchor now = anchor_now(tsc_);
  const std::int64_t since = now.monotonic_ns - knots_.back().monotonic_ns;
  const bool step = is_step(knots_.back().offset_ns, now.realtime_ns - now.monotonic_ns);
  // A first pace as soon as it is better than the recorder's own estimate.
  if (step || since > (knots_.size() == 1 ? 1'000'000 : kKnotIntervalNs)) add(now);
}

// Every other knot of the older half goes: their pace is that of their neighbours.
void ClockMap::thin() {
  std::vector<Knot> kept;
  for (std::size_t i = 0; i < knots_.size(); ++i)
    if (i % 2 == 0 || i >= knots_.size() / 2 || knots_[i].offset_ns != knots_[i - 1].offset_ns)
      kept.push_back(knots_[i]);
  knots_ = std::move(kept);
}

std::size_t ClockMap::index_of(std::uint64_t ticks) const {
  const auto above = std::upper_bound(
      knots_.begin(), knots_.end(), ticks,
      [](std::uint64_t t, const Knot& k) { return std::int64_t(t - k.ticks) < 0; });
  return above == knots_.begin() ? 0 : std::size_t(above - knots_.begin()) - 1;
}

const ClockMap::Segment& ClockMap::find_segment(std::uint64_t ticks) const {
  constexpr std::uint64_t kEndless = std::uint64_t{1} << 63;
  const std::size_t i = index_of(ticks);
  const Knot& k = knots_[i];
  const std::uint64_t length = i + 1 < knots_.size() ? knots_[i + 1].ticks - k.ticks : kEndless;
  last_ = {k.ticks, length, k.monotonic_ns, k.offset_ns, slope(i)};
  return last_;
}

double ClockMap::slope(std::size_t segment) const {
  if (!tsc_) return 1.0;
  if (segment + 1 == knots_.size()) {
    if (segment == 0) return estimate_;
    --segment;
  }
  const Knot &a = knots_[segment], &b = knots_[segment + 1];
  return double(b.monotonic_ns - a.monotonic_ns) / double(b.ticks - a.ticks);
}

inline std::int64_t ClockMap::Segment::at(std::uint64_t moment) const {
  const double ns = double(std::int64_t(moment - ticks)) * slope;
  // Hostile ticks lie anywhere.
  if (ns > 4e18 || ns < -4e18) return monotonic_ns;
  std::int64_t out;
  return __builtin_add_overflow(monotonic_ns, std::int64_t(ns), &out) ? monotonic_ns : out;
}

std::int64_t ClockMap::monotonic_ns(std::uint64_t ticks) const {
  return knots_.empty() ? 0 : segment_of(ticks).at(ticks);
}

std::int64_t ClockMap::offset_ns(const Segment& segment, std::uint64_t trace) {
  if (!stepped_) return segment.offset_ns;
  if (offsets_.size() >= kOffsetsMax) offsets_.clear();
  return offsets_.try_emplace(trace, segment.offset_ns).first->second;
}

std::int64_t ClockMap::unix_ns(std::uint64_t ticks, std::uint64_t trace) {
  return moment(ticks, 0, trace).unix_ns;
}

std::int64_t ClockMap::unix_ns(std::uint64_t ticks) const {
  return knots_.empty() ? 0 : with_offset(monotonic_ns(ticks), segment_of(ticks).offset_ns);
}

inline std::int64_t ClockMap::between(std::int64_t begin_ns, std::int64_t end_ns) {
  std::int64_t out;
  if (__builtin_sub_overflow(end_ns, begin_ns, &out)) return 0;
  return std::max<std::int64_t>(out, 0);
}

std::int64_t ClockMap::duration_ns(std::uint64_t start, std::uint64_t duration) const {
  if (std::int64_t(duration) <= 0) return 0;
  return between(monotonic_ns(start), monotonic_ns(start + duration));
}

ClockMap::Moment ClockMap::moment(std::uint64_t start, std::uint64_t duration,
                                  std::uint64_t trace) {
  if (knots_.empty()) return {};
  const Segment& segment = segment_of(start);
  const std::int64_t begin = segment.at(start);
  Moment moment{with_offset(begin, offset_ns(segment, trace)), 0};
  if (std::int64_t(duration) > 0)
    moment.duration_ns = between(begin, segment_of(start + duration).at(start + duration));
  return moment;
}

std::int64_t ClockMap::length_ns(std::uint64_t ticks) const {
  const double ns = double(ticks) * (knots_.empty() ? 1.0 : slope(knots_.size() - 1));
  return ns > 9e18 ? 0 : std::int64_t(ns);
}

std::uint64_t ClockMap::now_ticks() const { return ring::read_ticks(tsc_); }

}  // namespace autospan::drain
