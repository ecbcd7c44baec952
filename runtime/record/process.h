// The process's side of the ring file: what its threads share. Cold path only, under one lock.
//
// Lives in pages that fork wipes: a child finds state kNotAttached and an unlocked lock, whatever
// the parent's other threads were doing. What a child needs of its parent (the mapping, to copy the
// sites from) is kept outside, in `Inherited`.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <stdint.h>

#include "record/writer.h"
#include "ring/clock.h"
#include "ring/format.h"
#include "ring/ring_file.h"

namespace autospan::record {

enum class Attachment : uint32_t { kNotAttached = 0, kAttached = 1, kOff = 2 };

inline constexpr uint32_t kKnownSitesBytes = 64 * 1024;

// See control.h. Of the thread that tends the switches, but for the lock.
struct Tending {
  bool by_thread;              // there is one
  uint32_t sleeps;             // it does, for longer than a tick
  uint32_t seen;               // ControlPage::sequence that it has applied
  uint64_t window_ends;        // until then calls of sites that are off are noted; 0 = they are not
  uint64_t next_window, pause;
  bool patches;                // calls are patched away
  bool text_open, syncs_cores; // whether and how text may be written was found out
  uint64_t seccomp;
  pthread_mutex_t patching;    // text is being written: no fork meanwhile
};

struct Process {
  ring::CoreDescriptor core;   // at the start of its page
  Attachment state;
  pthread_mutex_t lock;        // PTHREAD_MUTEX_INITIALIZER is all zero on Linux
  uint8_t* base;
  uint64_t map_bytes;
  uint32_t chunks_max;         // by AUTOSPAN_RING_TOTAL_MB and what the mapping holds
  uint32_t chunks_limit;       // with those that may lie in private memory behind them
  uint32_t private_from;       // first of those; kNone while the file has not been refused
  uint32_t private_ready;      // beyond the last one with storage
  uint64_t spare_bytes;        // addresses behind the mapping
  uint64_t refused_ns;         // when the file system last had no room; 0 = never
  uint32_t thread_chunks_max;  // by AUTOSPAN_RING_KB
  bool in_file;                // else private memory
  ring::ClockMode clock;
  uint64_t min_ticks;          // AUTOSPAN_MIN_DURATION
  bool exports;                // a drain thread runs or will
  uint64_t device, inode;      // of the file
  uint32_t site_chunk, module_chunk;
  void* idle_stacks[32];       // alternate signal stacks of threads that are gone
  uint64_t last_module_begin, last_module_end;  // of the site registered last
  uint32_t detached_free;      // list of free DetachedFrames: slot number, by `seq`; 0 ends it
  uint32_t counter_chunks[2];  // what threads that are gone had counted
  uint32_t free_chunk;         // list of chunks given back, by ChunkHeader::next; kNone ends it
  uint32_t free_count;         // of them
  uint32_t free_private;       // the same of chunks in private memory
  uint64_t retry_ns;           // one that was refused is attached no sooner
  uint32_t dead_first, dead_last;  // exited threads, by ThreadHeader::next_dead; kNone = none
  Writer* free_writer;
  uint8_t* known_sites;        // kKnownSitesBytes: sites by what they say
  uint8_t* writers_next;
  uint8_t* writers_end;
  Tending tending;
  uint32_t process_context;    // from TRACEPARENT or the forking thread's span; 0 = none
  char path[320];              // of the ring file; empty in private memory
};

extern Process* g_process;     // in wiped pages; null until the first span or where it is off

// Survives fork.
struct Inherited {
  const uint8_t* base;         // the parent's mapping
  uint64_t map_bytes;          // with the addresses behind it
  uint32_t private_from, private_ready;   // its chunks in private memory
  autospan_v1_context context; // of the span that forked
  bool has_context;
};
extern Inherited g_inherited;

inline ring::FileHeader& header(const Process& p) {
  return *reinterpret_cast<ring::FileHeader*>(p.base);
}
inline ring::ControlPage& control(const Process& p) {
  return *reinterpret_cast<ring::ControlPage*>(p.base + ring::kControlOffset);
}
inline ring::ChunkHeader& chunk_at(const Process& p, uint32_t index) {
  return *reinterpret_cast<ring::ChunkHeader*>(p.base + ring::chunk_offset(index));
}
inline ring::Slot* chunk_slots(const Process& p, uint32_t index) {
  return reinterpret_cast<ring::Slot*>(p.base + ring::chunk_offset(index));
}
inline ring::ThreadHeader& thread_at(const Process& p, uint32_t index) {
  return *reinterpret_cast<ring::ThreadHeader*>(p.base + ring::chunk_offset(index) +
                                                sizeof(ring::ChunkHeader));
}

inline ring::Mapping mapping_of(const Process& p) {
  return {p.base, p.map_bytes, p.spare_bytes, p.in_file, p.device, p.inode};
}

// The process, attached, or null where it is off. Takes the lock itself.
Process* attach_process();

// A chunk's use count; its low half commits slots and is never 0.
constexpr uint64_t next_epoch(uint64_t epoch) {
  return (epoch + 1) & 0xffff ? epoch + 1 : epoch + 2;
}
// While a chunk's header changes its epoch reads 0: a reader skips it, or finds that what it copied
// was overwritten. Pairs with the reader's two loads of epoch.
inline void begin_epoch(ring::ChunkHeader& c) {
  __atomic_store_n(&c.epoch, uint64_t{0}, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
}

// With the lock held. kNone where there is neither a chunk nor storage to be had. A chunk of records
// is only had while enough is left for what cannot do without; that may lie in private memory.
uint32_t claim_chunk(Process& p, ring::ChunkKind kind, uint32_t owner, uint64_t owner_uid);
void release_chunk(Process& p, uint32_t index);
// Gives back what exited threads left, oldest first, counting what nobody had read.
bool reuse_dead_thread(Process& p);

// Storage for the first switches; site 0 is special, the refused one is off. False = none.
bool open_switches(Process& p);
// Registers a site: gives it an id and copies its strings. With the lock held.
bool register_site(Process& p, autospan_v1_site* site);
// Takes the parent's sites over into this file. With the lock held.
void inherit_sites(Process& p);

// A context block for the calling thread's roots; its Slot::context word, 0 = no room.
uint32_t write_context(Writer& w, const autospan_v1_context& context);
// True where what write_context() returned still names a context of that span.
bool names_context(uint32_t word, uint64_t span_id);
// Ends the scope with that id, and what is open above it as abandoned. False = this thread has none such.
bool end_scope(Writer& w, uint64_t id);

Writer* attach_thread();
void start_drain(Process& p);

class Locked {
 public:
  explicit Locked(Process& p) : p_(p) { pthread_mutex_lock(&p_.lock); }
  ~Locked() { pthread_mutex_unlock(&p_.lock); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  Process& p_;
};

// Marks the thread as inside the recorder and shuts its gates: a signal handler that comes in between
// records nothing, instead of waiting for a lock that the code below it holds. What goes on inside is
// none of the host's business: errno stays, and a thread is not cancelled with the lock in its hands.
class SlowPath {
 public:
  SlowPath() : entered_(!t_slow) {
    if (!entered_) return;
    errno_ = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_);
    t_slow = true;
    signal_fence();
    Writer& w = *t_writer;
    if (!w.next) return;  // not attached, or the idle writer, which is everybody's
    was_busy_ = !at_rest(w);
    enter_limit_ = w.enter_limit;
    shut_ = w.shut;
    w.shut |= kShutSlow;
    w.enter_limit = w.record_limit = nullptr;
    signal_fence();
  }
  ~SlowPath() {
    if (!entered_) return;
    signal_fence();
    Writer& w = *t_writer;
    if (was_busy_) {  // as it was: whoever was interrupted opens the rest
      w.shut = shut_;
      w.enter_limit = enter_limit_;
    } else if (w.next) {
      open_gates(w);
    }
    signal_fence();
    t_slow = false;
    pthread_setcancelstate(cancel_, nullptr);
    errno = errno_;
  }
  // False inside another slow path of this thread: do nothing.
  bool entered() const { return entered_; }
  // True where this thread is inside its writing of a record: the ring is not ours.
  bool was_busy() const { return was_busy_; }
  SlowPath(const SlowPath&) = delete;
  SlowPath& operator=(const SlowPath&) = delete;

 private:
  static __thread bool t_slow __attribute__((tls_model("initial-exec"), visibility("hidden")));
  bool entered_;
  bool was_busy_ = false;
  int errno_ = 0, cancel_ = 0;
  uint32_t shut_ = 0;
  ring::Slot* enter_limit_ = nullptr;
};

// One line on stderr, at most once a kind; never where the environment is not to be trusted.
void warn_once(bool& said, const char* text, const char* detail);

}  // namespace autospan::record
