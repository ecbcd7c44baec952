// The cold half of opening and closing frames: attaching, further stack segments, exits out of
// order.
#include "ring/clock.h"
#include "record/process.h"

namespace autospan::record {

using ring::kNone;
using ring::Slot;

// A further segment. Its sentinel stands in for the frame below, so that the hot path finds its
// seq, root and context where it always looks, and remembers where to go back to.
static bool push_segment(Process& p, Writer& w) {
  uint32_t chunk = w.stack_spare;
  if (chunk == kNone) {
    Locked locked(p);
    chunk = claim_chunk(p, ring::kChunkStack, w.thread_chunk, w.thread->uid);
    if (chunk == kNone) return false;
  }
  w.stack_spare = kNone;
  Slot* s = chunk_slots(p, chunk) + 1;
  *s = *w.top;
  s->payload[0] = slot_number(w, w.top);
  s->payload[1] = slot_number(w, w.next);
  s->payload[2] = slot_number(w, w.stack_end);
  if (w.scope_top == w.top) w.scope_top = s;
  w.stack_chunk = chunk;
  w.top = s;
  w.stack_end = chunk_slots(p, chunk) + ring::kSlotsPerChunk;
  w.next = s + 1;
  put(w.thread->stack_chunk, chunk);
  __atomic_store_n(&w.thread->stack_next, slot_number(w, w.next), __ATOMIC_RELEASE);
  return true;
}

void settle(Writer& w) {
  Process& p = *g_process;
  while (w.stack_chunk != w.thread_chunk && w.top == chunk_slots(p, w.stack_chunk) + 1) {
    Slot* s = w.top;
    const uint32_t chunk = w.stack_chunk;
    w.top = slot_at(w, uint32_t(s->payload[0]));
    w.next = slot_at(w, uint32_t(s->payload[1]));
    w.stack_end = slot_at(w, uint32_t(s->payload[2]));
    w.stack_chunk = uint32_t(s->payload[0]) / ring::kSlotsPerChunk;
    if (w.scope_top == s) w.scope_top = w.top;
    __atomic_store_n(&w.thread->stack_next, slot_number(w, w.next), __ATOMIC_RELEASE);
    put(w.thread->stack_chunk, w.stack_chunk);
    if (w.stack_spare == kNone) {
      w.stack_spare = chunk;
    } else {
      Locked locked(p);
      release_chunk(p, chunk);
    }
  }
}

bool prepare_enter(autospan_v1_site* site, uint32_t slots) {
  SlowPath slow;
  if (!slow.entered()) return false;
  Writer* w = t_writer;
  if (slow.was_busy()) {
    put(w->thread->refused, w->thread->refused + 1);
    return false;
  }
  if (!w->next && !(w = attach_thread())) return false;
  Process& p = *g_process;
  if (__atomic_load_n(&site->id, __ATOMIC_ACQUIRE) == 0) {
    Locked locked(p);
    register_site(p, site);
  }
  if (__atomic_load_n(&site->id, __ATOMIC_RELAXED) >= ring::kSitesMax) return false;
  if (w->next + slots <= w->stack_end || push_segment(p, *w)) return true;
  put(w->thread->refused, w->thread->refused + 1);
  return false;
}

// The frame that the guard names, if this thread has it open.
static Slot* find_frame(const Process& p, const Writer& w, const autospan_v1_guard& guard) {
  Slot* f = w.top;
  uint32_t chunk = w.stack_chunk;
  for (;;) {
    const bool extra = chunk != w.thread_chunk;
    Slot* bottom = chunk_slots(p, chunk) + (extra ? 1 : ring::kSentinelSlot);
    for (; f != bottom; f -= frame_back(*f))
      if (slot_number(w, f) == guard.frame) return f->seq == guard.seq ? f : nullptr;
    if (!extra) return nullptr;
    chunk = uint32_t(bottom->payload[0]) / ring::kSlotsPerChunk;
    f = slot_at(w, uint32_t(bottom->payload[0]));
  }
}

void exit_slow(autospan_v1_guard* guard) {
  SlowPath slow;
  Writer& w = *t_writer;
  // Forked, detached, or inside the recorder.
  if (!slow.entered() || !w.next || slow.was_busy()) return;
  settle(w);
  Process& p = *g_process;
  if (const Slot* frame = find_frame(p, w, *guard)) {
    const uint64_t end = ring::read_ticks(w.tsc);
    while (w.top != frame) {
      // A longjmp or a fiber went past it: whatever flies, it did not leave that frame by throwing.
      w.top->commit = (w.top->commit & 0x00ffffff) | (*w.uncaught & 0xff) << kFrameUncaughtShift;
      close_frame(w, *w.top, ring::kMetaAbandoned, end);
      settle(w);
    }
    close_frame(w, *w.top, 0, end);
  } else {
    put(w.thread->foreign_exits, w.thread->foreign_exits + 1);
  }
}

}  // namespace autospan::record
