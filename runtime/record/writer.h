// A thread's end of its ring: everything the hot path touches, in one place.
//
// Writers live in pages that fork wipes (MADV_WIPEONFORK): in the child every writer reads as
// zero, so that its first span takes the slow path and attaches anew, at no cost to the hot path.
// A thread that is not attached points at one shared idle writer, all zero as well.
#pragma once

#include <stdint.h>

#include "autospan/abi.h"
#include "ring/format.h"

namespace autospan::record {

struct Writer {
  ring::Slot* top;         // innermost open frame, or the sentinel below the outermost
  ring::Slot* next;        // first free slot of the stack segment; null = not attached
  ring::Slot* stack_end;   // end of the segment
  ring::Slot* record;      // next slot for a record
  ring::Slot* record_end;  // end of its chunk
  uint64_t seq;            // last sequence number given out
  ring::Slot* scope_top;   // a span opened right above this frame is a local root …
  uint32_t scope_context;  // … in this context
  uint32_t epoch;          // commit half of the current record chunk, shifted into place
  const unsigned* uncaught;// the thread's count of exceptions in flight
  const uint8_t* switches; // a byte a site: kSwitchOff, kSwitchOn, kSwitchSpecial
  uint32_t busy;           // inside the recorder: what a signal handler begins now is refused
  uint32_t tsc;            // the clock
  ring::Slot* slots;       // slot number 0: chunk 0 of the file
  ring::ThreadHeader* thread;
  ring::ChunkHeader* chunk;       // current record chunk
  uint32_t chunk_index;
  uint32_t record_chunks;         // in this thread's ring
  uint32_t thread_chunk;          // index of the first chunk
  uint32_t stack_chunk;
  uint32_t stack_spare;           // an unused stack segment kept for the next overflow, or kNone
  uint32_t context_chunk;         // current one, kNone = none yet
  uint32_t context_slot;          // last block written there
  uint32_t context_chunks;
  Writer* free_next;
};
static_assert(sizeof(Writer) <= 512);

enum Switch : uint8_t { kSwitchOff = 0, kSwitchOn = 1, kSwitchSpecial = 2 };

// initial-exec: one load; the library is always there when the program starts.
extern __thread Writer* t_writer __attribute__((tls_model("initial-exec"), visibility("hidden")));

// Slots are numbered through the file from chunk 0; number 0 is a header, never a frame.
inline uint32_t slot_number(const Writer& w, const ring::Slot* slot) {
  return uint32_t(slot - w.slots);
}
inline ring::Slot* slot_at(const Writer& w, uint32_t number) { return w.slots + number; }

// The whole sequence number of which a frame of this thread holds the low half.
inline uint64_t full_seq(const Writer& w, uint32_t low) { return w.seq - uint32_t(uint32_t(w.seq) - low); }

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

// An open frame's commit half: {slots back to the frame below, uncaught exceptions at entry}.
inline constexpr uint32_t kFrameBackShift = 16;
inline constexpr uint32_t kFrameUncaughtShift = 24;
inline uint32_t frame_back(const ring::Slot& f) { return f.commit >> kFrameBackShift & 0xff; }
inline uint32_t frame_uncaught(const ring::Slot& f) { return f.commit >> kFrameUncaughtShift; }
inline uint32_t frame_slots(const ring::Slot& f) { return 1 + (f.commit & ring::kMetaContinuation); }

// --- slow paths, none of them inlined, all noexcept -------------------------------------------------
// Makes the thread able to open one more frame of `slots` slots at this site; false = it cannot.
bool prepare_enter(autospan_v1_site* site, uint32_t slots);
// Begins the next chunk of the thread's ring; afterwards at least kSlotsPerChunk-1 slots are free.
// False = there is no memory for it; then w->record stays where it was.
bool turn_chunk(Writer& w);
// An exit whose frame is not the top one: it lies in the segment below, deeper, or elsewhere.
void exit_slow(autospan_v1_guard* guard);
// The exception that leaves frame f: type and message, as far as they can be had.
void note_exception(Writer& w, ring::Slot& f);
// After the outermost frame of a further stack segment has ended its sentinel is the top; steps back
// to the segment below. Whoever needs the innermost frame itself calls this first.
void settle(Writer& w);
// A site with flags of its own (AUTOSPAN_SITE_ROOT): turns the frame being opened into a root.
void begin_special(Writer& w, ring::Slot& f, const autospan_v1_site& site);

// The frame ends: into the ring, off the stack. w.busy is set. Of the hot path, in enter.cc.
void close_frame(Writer& w, ring::Slot& f, uint32_t flags, uint64_t end);

// The context of the innermost open span, or the attached one between spans. False = neither.
bool context_of_top(Writer& w, autospan_v1_context* out);

}  // namespace autospan::record
