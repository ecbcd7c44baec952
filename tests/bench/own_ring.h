// The ring file of this process, seen as any reader sees it.
#pragma once

#include <memory>

#include "ring/ring_reader.h"
#include "ring/ring_view.h"

namespace autospan::bench {

// Null where this process writes no ring file (yet).
std::unique_ptr<ring::RingView> own_ring();

// How many records were committed since the last call, read or overwritten.
class CommittedRecords {
 public:
  CommittedRecords();
  ~CommittedRecords();
  std::uint64_t take();

 private:
  struct Sink;
  std::unique_ptr<ring::RingView> view_;
  std::unique_ptr<ring::RingReader> reader_;
  std::uint64_t before_ = 0;
};

}  // namespace autospan::bench
