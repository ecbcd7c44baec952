// One ring, drained: reader and assembler bound together, with the cursors in the file kept up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "drain/assemble.h"
#include "drain/counted.h"
#include "export/pipeline.h"
#include "ring/open_frames.h"
#include "ring/ring_reader.h"

namespace autospan::drain {

class RingDrain {
 public:
  using Deliver = std::function<void(SpanBatch&&)>;
  using AskRoom = std::function<Room()>;

  explicit RingDrain(std::unique_ptr<ring::RingView> view)
      : view_(std::move(view)), reader_(*view_), assembler_(*view_) {}

  // What was committed since the last call, in batches of a few hundred records, as long as there
  // is room for them: what waits in the ring is not lost yet. True = nothing is left for now.
  // A batch may be taken, or looked at during the call.
  bool pass(const Deliver& deliver, const AskRoom& room);
  // Calls that no span stands for, one event a site: every few seconds, or what is left of them.
  void tell_counted(const Deliver& deliver, bool last);
  // The spans still open, as unfinished ones: of a process that is dead.
  void close_unfinished(const Deliver& deliver);

  // What was read is delivered: the `done` cursors follow the `read` ones.
  void settle();

  const ring::RingView& view() const { return *view_; }
  const ring::ReadCounts& counts() const { return reader_.counts(); }
  const AssembleCounts& assembled() const { return assembler_.counts(); }

 private:
  void look();
  SpanBatch& begin();
  void store_cursors();

  std::unique_ptr<ring::RingView> view_;
  ring::RingReader reader_;
  Assembler assembler_;
  CountedCallsTeller counted_;
  std::shared_ptr<const Resource> resource_;
  SpanBatch batch_;             // one for all passes: its memory is warm and has been faulted in
};

// How many records may be read so that their events fit, however large they are: 0 = none.
std::size_t records_that_fit(const Room& room);

// Appends the open spans of every thread, outermost first, and the detached ones.
struct OpenSpan {
  SpanData span;
  std::uint32_t depth = 0;      // on its thread's stack
  bool detached = false;
};
std::vector<OpenSpan> open_spans(const ring::RingView& view, Assembler& assembler,
                                 std::uint64_t now_ticks, std::uint64_t& damaged);

// The last moment of which the ring of a dead process knows.
std::uint64_t last_sign_of_life(const ring::RingView& view);

}  // namespace autospan::drain
