// The reader of records: follows every thread's ring, copies what was committed since the last call
// and knows exactly how many records were overwritten before it came by.
//
// Live drain and post-mortem are this same reader. It holds its position in memory; the caller moves
// the cursors in the file. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "ring/ring_view.h"

namespace autospan::ring {

// A thread as its header tells, copied when first seen.
struct ThreadInfo {
  std::uint64_t uid = 0;
  std::uint32_t chunk = 0;      // index of its first chunk
  std::uint32_t tid = 0;
  std::uint64_t seed[2] = {};
  std::string name;
};

// Copies what a thread's header says.
ThreadInfo thread_info(const RingView& view, std::uint32_t chunk, std::uint64_t uid);

// A committed record: `slots` are copies, valid during the call.
struct Record {
  const ThreadInfo* thread;
  const Slot* slots;            // head and continuation
  std::uint32_t count;          // ≥ 1
  std::uint64_t seq;            // whole sequence number of the span it belongs to
};

class RecordSink {
 public:
  virtual void take(const Record& record) = 0;

 protected:
  ~RecordSink() = default;
};

struct ReadCounts {
  std::uint64_t records = 0;    // handed out
  std::uint64_t lost = 0;       // overwritten before they were read
  std::uint64_t damaged = 0;    // chunks or records that do not hold together
  std::uint64_t unknown = 0;    // records of a kind that this build does not know
};

class RingReader {
 public:
  explicit RingReader(const RingView& view) : view_(view) {}

  // Hands out what is new, thread by thread in the order of commit, and stops after about
  // `records_max`. Returns true if there may be more at once.
  bool read(RecordSink& sink, std::size_t records_max);

  // Of a dead process, once all is read: counts as lost what was overwritten by a chunk that was just
  // being begun, and that no chunk tells of.
  void finish();

  const ReadCounts& counts() const { return counts_; }
  // How many records of a thread were handed out or lost so far, for its `read` cursor.
  struct Position {
    std::uint32_t chunk;
    std::uint64_t uid;
    std::uint64_t records;
  };
  std::vector<Position> positions() const;

 private:
  struct Cursor {
    ThreadInfo info;
    std::uint64_t order = 0;    // of the chunk it stands in
    std::uint32_t slot = 0;     // next slot there; 0 = the chunk's first record slot
    std::uint64_t records = 0;  // read and lost
    std::uint64_t seen = 0;     // the last survey that met its header
  };
  struct ChunkRef {
    std::uint64_t order;
    std::uint32_t index;
  };
  void survey();
  void forget_gone();
  void read_threads(RecordSink& sink, std::size_t& budget);
  void see_thread(std::uint32_t chunk);
  void read_thread(std::uint64_t uid, Cursor& cursor, RecordSink& sink, std::size_t& budget);
  bool read_chunk(Cursor& cursor, const ChunkRef& ref, bool last, RecordSink& sink,
                  std::size_t& budget);

  const RingView& view_;
  std::map<std::uint64_t, Cursor> cursors_;                     // by uid
  std::map<std::uint64_t, std::vector<ChunkRef>> chunks_;       // by uid, in order
  ReadCounts counts_;
  std::uint64_t surveys_ = 0;
  bool behind_ = false;  // the last survey tells of more than was read since
};

}  // namespace autospan::ring
