// Draining a job from outside: the wrapper reads the rings of every process that carries its run id,
// while the job and its drain-free recorder know nothing of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "drain/ring_drain.h"
#include "export/pipeline.h"

namespace autospan::drain {

class OutsideDrain {
 public:
  // run_id: what AUTOSPAN_RUN says, as a number. The pipeline must outlive this.
  OutsideDrain(std::uint64_t run_id, ExportPipeline& pipeline)
      : run_id_(run_id), pipeline_(pipeline) {}
  ~OutsideDrain();

  // Looks for new rings and drains those known. Never throws, never waits for the network.
  void poll() noexcept;
  // After the job was reaped: the rest, as far as it can be delivered by the deadline, and for each
  // process that is dead its open spans as unfinished ones.
  void finish(std::chrono::steady_clock::time_point deadline) noexcept;
  // At the very end, told whether all that was submitted is delivered. Only then, and if nothing is
  // left in them, are the rings of processes that ended well removed; the others are kept for `dump`.
  void release(bool delivered) noexcept;

  struct Counts {
    std::uint64_t rings = 0, spans = 0, unfinished = 0, lost = 0;
  };
  const Counts& counts() const { return counts_; }
  // Newest trouble, for a message; empty = none.
  const std::string& trouble() const { return trouble_; }

 private:
  struct Source {
    std::string path;
    std::unique_ptr<RingDrain> drain;   // null = looked at and not ours
    bool ended = false;                 // its process is gone, its open spans are closed
  };
  void discover();
  bool drain_all();
  bool pass(Source& source);
  void tell_counted(Source& source, bool last);
  void close(Source& source);
  void settle(Source& source);

  std::uint64_t run_id_;
  ExportPipeline& pipeline_;
  std::vector<Source> sources_;
  bool drained_ = false;  // by finish(), to the end
  Counts counts_;
  std::string trouble_;
};

// A fresh run id, never 0, and its 16 hex digits.
std::uint64_t make_run_id();
std::string run_id_text(std::uint64_t run_id);

}  // namespace autospan::drain
