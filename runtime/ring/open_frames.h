// The spans that are open: a thread's stack through all its segments, and the detached ones. What a
// dead process was in the middle of, or what a live one is doing now.
#pragma once

#include <cstdint>
#include <vector>

#include "ring/ring_reader.h"

namespace autospan::ring {

struct OpenFrame {
  std::vector<Slot> slots;      // copies in the shape of a record: head and continuation
  std::uint32_t cells = 0;      // of payload in use
  std::uint64_t seq = 0;
};

// The further segments of all threads' stacks, found once: there may be thousands of either.
class StackSegments {
 public:
  explicit StackSegments(const RingView& view);

 private:
  friend std::vector<OpenFrame> read_stack(const RingView&, const StackSegments&, const ThreadInfo&,
                                           std::uint64_t&);
  struct Further {
    std::uint64_t uid, depth;
    std::uint32_t chunk;
  };
  std::vector<Further> further_;   // by uid, from the lowest up
};

// Outermost first. A stack that changes while it is read comes out as of some moment in between;
// what does not hold together is counted in `damaged` and ends its segment.
std::vector<OpenFrame> read_stack(const RingView& view, const StackSegments& segments,
                                  const ThreadInfo& thread, std::uint64_t& damaged);

std::vector<DetachedFrame> read_detached(const RingView& view);

// Every thread that the ring knows, live or exited.
std::vector<ThreadInfo> read_threads(const RingView& view);

}  // namespace autospan::ring
