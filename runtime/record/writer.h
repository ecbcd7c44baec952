// A thread's end of its ring: everything the hot path touches, in one place.
//
// Writers live in pages that fork wipes (MADV_WIPEONFORK): in the child every writer reads as
// zero, so that its first span takes the slow path and attaches anew, at no cost to the hot path.
// A thread that is not attached points at one shared idle writer, all zero as well.
//
// Two gates let the hot path through. enter_limit and record_limit are null while it may not run:
// not attached, a clock other than the TSC, an exception in flight, the recorder at work on this
// thread. The general path then does the work, or refuses it.
#pragma once

#include <stdint.h>

#include "autospan/abi.h"
#include "ring/clock.h"
#include "ring/format.h"

namespace autospan::record {

// Which sites fill the ring: a sample of a thread's records while its budget is being judged.
struct Tally {
  static constexpr uint32_t kSites = 16;
  uint64_t since;           // ticks
  uint64_t records;         // written meanwhile
  uint32_t sampled;
  uint32_t chunk_turns;
  struct Entry {
    uint32_t site, count;
  } sites[kSites];
};

struct Writer {
  // What the hot path reads, a cache line.
  ring::Slot* next;         // where the next frame goes; the innermost open one is below it
  ring::Slot* enter_limit;  // frames below it are opened by the hot path
  uint64_t seq;             // last sequence number given out
  ring::Slot* root_at;      // a frame opened here is a local root …
  uint64_t root_context;    // … in this context, in the high half
  uint64_t root;            // the current local root, as in a Slot
  ring::Slot* record;       // next slot for a record
  ring::Slot* record_limit; // records that begin below it are written by the hot path
  uint64_t epoch;           // of the current record chunk, shifted into place
  uint64_t min_ticks;       // shorter spans are folded into their parent

  ring::CounterCell* counters[2];  // null = none yet

  ring::Slot* frames_end;   // of the stack segment
  ring::Slot* spill;        // next free slot of its spill area
  ring::Slot* spill_end;
  ring::Slot* record_end;   // end of the record chunk
  uint32_t shut;            // why the gates are shut, Shut
  ring::ClockMode clock;
  const unsigned* uncaught; // the thread's count of exceptions in flight
  ring::Slot* slots;        // slot number 0: chunk 0 of the file
  ring::ThreadHeader* thread;
  ring::ChunkHeader* chunk; // current record chunk
  uint32_t continued;       // slots in it that continue a record
  ring::Slot* long_head;    // the last record of several slots,
  ring::Slot* long_end;     // and where it ended
  uint32_t chunk_index;
  uint32_t record_chunks;   // in this thread's ring
  uint32_t thread_chunk;    // index of the first chunk
  uint32_t stack_chunk;     // of the segment
  uint32_t stack_spare;     // an unused stack segment kept for the next overflow, or kNone
  uint32_t context_chunk;   // current one, kNone = none yet
  uint32_t context_slot;    // last block written there
  uint32_t context_chunks;
  uint64_t scopes;          // begun in all: the last one's id
  Writer* free_next;
  Tally tally;
};
static_assert(sizeof(Writer) <= 512);

enum Shut : uint32_t {
  kShutSlow = 1,       // a slow path is at work
  kShutThrown = 2,     // an exception is or was in flight
  kShutForGood = 4,    // the clock is not the TSC, or exceptions are not overheard
};
// True where the general path may open and close frames without further ado.
inline bool at_rest(const Writer& w) {
  return w.next && !(w.shut & kShutSlow) && (w.shut || w.record_limit);
}

using enum ring::Switch;

// initial-exec: one load; the library is always there when the program starts.
extern __thread Writer* t_writer __attribute__((tls_model("initial-exec"), visibility("hidden")));

// A byte a site: Switch. Site 0, one not yet registered, is special; while nothing is attached there
// is no other. One pointer for the process, so that a site that is off costs no thread's state.
extern const uint8_t* g_switches __attribute__((visibility("hidden")));

// Slots are numbered through the file from chunk 0; number 0 is a header, never a frame.
inline uint32_t slot_number(const Writer& w, const ring::Slot* slot) {
  return uint32_t(slot - w.slots);
}
inline ring::Slot* slot_at(const Writer& w, uint32_t number) { return w.slots + number; }

// What readers may look at while it changes is stored through these: plain moves on every machine
// we know, and data races no more.
template <class T>
inline void put(T& to, T value) {
  __atomic_store_n(&to, value, __ATOMIC_RELAXED);
}
template <class T>
inline T get(const T& from) {
  return __atomic_load_n(&from, __ATOMIC_RELAXED);
}
template <class T>
inline void add(T& to, T value) {
  put(to, T(get(to) + value));
}

// Compiler-only: a signal handler on this thread must see the stores around it in order.
inline void signal_fence() { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

// A thread's next sequence number. One instruction, so that a signal handler's spans never share
// one with the code that it interrupts.
inline uint64_t next_seq(Writer& w) {
  uint64_t one = 1;
#if defined(__x86_64__)
  __asm__ volatile("xaddq %0, %1" : "+r"(one), "+m"(w.seq));
  return one + 1;
#else
  return __atomic_add_fetch(&w.seq, one, __ATOMIC_RELAXED);
#endif
}

inline ring::Extra extra_of(const ring::Slot& f) {
  ring::Extra e;
  __builtin_memcpy(&e, &f.lineage, sizeof e);
  return e;
}
inline void set_extra(ring::Slot& f, const ring::Extra& e);
// A frame of the hot path gets its Extra when something is added to it.
inline void need_extra(ring::Slot& f) {
  if (f.head & ring::kHeadMore) return;
  set_extra(f, {uint16_t(ring::shape_cells(f.head)), 0, 0});
  put(f.head, f.head | ring::kHeadMore);
}
inline void set_extra(ring::Slot& f, const ring::Extra& e) {
  uint64_t word;
  __builtin_memcpy(&word, &e, sizeof word);
  put(f.lineage, word);
}

// In a sentinel's number, above the half that is a parent's: what no guard is, zero least of all.
inline constexpr uint64_t kNoGuard = uint64_t{0xffffffff} << 32;

// The segment's lowest frame would stand here; its sentinel is below.
inline ring::Slot* bottom_of(const Writer& w) {
  return slot_at(w, w.stack_chunk * ring::kSlotsPerChunk +
                        (w.stack_chunk == w.thread_chunk ? ring::kThreadSlots : ring::kSegmentSlots));
}

// --- slow paths, none of them inlined, all noexcept -------------------------------------------------
// Opens the gates again where nothing keeps them shut.
void open_gates(Writer& w);
// Makes the thread able to record at this site: attached, the site registered. False = it cannot.
// Inside a SlowPath.
bool prepare(autospan_v1_site* site);
// Makes room for a frame with `spill` continuation slots.
bool make_room(Writer& w, uint32_t spill);
// Begins the next chunk of the thread's ring; afterwards at least kSlotsPerChunk-1 slots are free.
// False = there is no memory for it; then w->record stays where it was.
bool turn_chunk(Writer& w);
// An exception leaves frame f: its type and message, as far as they can be had.
void note_exception(Writer& w, ring::Slot& f);
// After the outermost frame of a further stack segment has ended its sentinel is on top; steps back
// to the segment below. Whoever needs the innermost frame itself calls this first.
void settle(Writer& w);
// The frame with that guard among this thread's, else null. After settle().
ring::Slot* frame_of(Writer& w, uint64_t guard);
// The innermost open span, or the scope of a coroutine whose body runs (ScopeFrame::detached), other scopes
// passed over; null = none. After settle().
ring::Slot* innermost(Writer& w);
// A frame that begins a trace of its own inside others (TRACE_ROOT), or a ContextScope: what the
// spans above take as their root. Pushes a ScopeFrame; pop_scope undoes the one on top.
bool push_scope(Writer& w, uint64_t root_context, uint32_t detached = 0);
void pop_scope(Writer& w);

// Commits a record of `slots` slots at r. What was written behind it a turn ago must not be taken for
// what is to come, since a payload of old may look like a head: there is none now.
inline void commit_record(Writer& w, ring::Slot* r, uint32_t slots, uint64_t head) {
  if (r + slots < w.record_end) put(r[slots].head, uint64_t{0});
  // Pairs with the acquire load in ring_reader.
  __atomic_store_n(&r->head, head, __ATOMIC_RELEASE);
  w.record = r + slots;
  if (slots == 1) return;
  w.continued += slots - 1;
  w.long_head = r;
  w.long_end = w.record;
}

// The frame on top ends: into the ring, off the stack.
void close_frame(Writer& w, ring::Slot& f, uint64_t flags, uint64_t end);

// The context of the innermost open span, or the attached one between spans. False = neither.
bool context_of_top(Writer& w, autospan_v1_context* out);

}  // namespace autospan::record
