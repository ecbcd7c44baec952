// From a ring's ticks to nanoseconds since the Unix epoch, so that order and nesting survive: a span
// never has a negative duration, and a child stays within its parent.
//
// Ticks become monotonic time between knots, anchors read together with CLOCK_MONOTONIC: what was once
// mapped is never mapped otherwise, however the TSC's pace is corrected later. Monotonic time becomes
// Unix time by an offset, which changes only where CLOCK_REALTIME was stepped (NTP, suspend, an
// administrator); a trace that spans such a moment keeps the offset that its first record had.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ring/ring_view.h"

namespace autospan::drain {

class ClockMap {
 public:
  // Takes up new anchors; call before a pass. A ring of this boot gets one more now and then.
  void update(const ring::RingView& view);

  // `trace` tells the local root that the moment belongs to: any number of its own.
  std::int64_t unix_ns(std::uint64_t ticks, std::uint64_t trace);
  // A moment of no trace.
  std::int64_t unix_ns(std::uint64_t ticks) const;
  // Of a span that began at `start`; 0 where the clock went back meanwhile.
  std::int64_t duration_ns(std::uint64_t start, std::uint64_t duration) const;
  // Both at once, of a record.
  struct Moment {
    std::int64_t unix_ns = 0, duration_ns = 0;
  };
  Moment moment(std::uint64_t start, std::uint64_t duration, std::uint64_t trace);
  // A length of time anywhere.
  std::int64_t length_ns(std::uint64_t ticks) const;
  // Ticks of this machine now, in the ring's clock; only for a ring of this boot.
  std::uint64_t now_ticks() const;

  // An anchor becomes a knot; false where it does not follow the last one.
  bool add(const ring::ClockAnchor& anchor);
  void use_tsc(std::uint64_t ticks_per_second);

 private:
  struct Knot {
    std::uint64_t ticks;
    std::int64_t monotonic_ns;
    std::int64_t offset_ns;   // realtime − monotonic from here on
  };
  // What holds from a knot to the next one.
  struct Segment {
    std::uint64_t ticks = 0, length = 0;  // length 0 = none is known
    std::int64_t monotonic_ns = 0, offset_ns = 0;
    double slope = 1.0;
    std::int64_t at(std::uint64_t ticks) const;  // monotonic
  };
  double slope(std::size_t segment) const;
  std::size_t index_of(std::uint64_t ticks) const;
  const Segment& segment_of(std::uint64_t ticks) const {
    return ticks - last_.ticks < last_.length ? last_ : find_segment(ticks);
  }
  const Segment& find_segment(std::uint64_t ticks) const;
  std::int64_t monotonic_ns(std::uint64_t ticks) const;
  static std::int64_t between(std::int64_t begin_ns, std::int64_t end_ns);
  std::int64_t offset_ns(const Segment& segment, std::uint64_t trace);
  void thin();

  std::vector<Knot> knots_;
  std::uint64_t seen_ = 0;        // sequence of the last anchor taken from the file
  double estimate_ = 1.0;         // nanoseconds a tick, until two knots tell better
  bool tsc_ = false;
  bool stepped_ = false;
  std::unordered_map<std::uint64_t, std::int64_t> offsets_;  // by trace, once there was a step
  mutable Segment last_;          // spans come in order: mostly they lie in the segment of the last
};

}  // namespace autospan::drain
