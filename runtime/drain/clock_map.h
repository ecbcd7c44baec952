// From a ring's ticks to nanoseconds since the Unix epoch: linear through the first anchor, at the
// rate between it and the latest one, so that order and nesting survive the conversion.
#pragma once

#include <cstdint>

#include "ring/ring_view.h"

namespace autospan::drain {

class ClockMap {
 public:
  // Reads the anchors again; call before a pass. A ring of this boot whose anchors lie close
  // together gets one more, taken now.
  void update(const ring::RingView& view);

  std::int64_t unix_ns(std::uint64_t ticks) const;
  std::int64_t duration_ns(std::uint64_t ticks) const;
  // Ticks of this machine now, in the ring's clock; only for a ring of this boot.
  std::uint64_t now_ticks() const;

 private:
  std::uint64_t first_ticks_ = 0;
  std::int64_t first_unix_ns_ = 0;
  double ns_per_tick_ = 1.0;
  bool tsc_ = false;
};

}  // namespace autospan::drain
