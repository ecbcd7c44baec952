// Processor time of a span, for sites that ask for it (AUTOSPAN_SITE_CPU): the thread's, read at both
// ends by a system call of a microsecond or two. The first entry of the frame.
#pragma once

#include <time.h>

#include "record/cells.h"

namespace autospan::record {

inline constexpr uint32_t kCpuCells = 2;

inline uint64_t thread_cpu_ns() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return uint64_t(t.tv_sec) * 1'000'000'000 + uint64_t(t.tv_nsec);
}
inline void begin_cpu(Cells& to) {
  to.word(ring::make_tag(AUTOSPAN_U64, 0, 0, ring::kKeyCpuStart));
  to.word(thread_cpu_ns());
}
inline void end_cpu(Writer& w, ring::Slot& f) {
  if (!(f.head & ring::kFrameCpu)) return;
  const uint32_t at = ring::shape_cells(f.head);
  uint64_t& value = frame_cell(w, f, at + 1);
  put(value, thread_cpu_ns() - value);
  put(frame_cell(w, f, at), ring::make_tag(AUTOSPAN_U64, 0, 0, ring::kKeyCpu));
}

}  // namespace autospan::record
