// The end of a drain: what waits in a ring goes through a queue that may be smaller.
#pragma once

#include <chrono>

#include "drain/ring_drain.h"
#include "export/pipeline.h"

namespace autospan::drain {

// Passes and flushes by turns, until a pass leaves nothing behind (true), or the deadline has come,
// or nothing more can be delivered before it.
template <typename Pass>
bool drain_until(std::chrono::steady_clock::time_point deadline, ExportPipeline& pipeline,
                 Pass pass) {
  while (!pass()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    pipeline.flush(deadline);
    if (records_that_fit(pipeline.room()) == 0) return false;
  }
  return true;
}

}  // namespace autospan::drain
