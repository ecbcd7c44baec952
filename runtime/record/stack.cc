// A thread's stack of open frames: its segments, and the scopes on it.
#include <signal.h>

#include "record/process.h"
#include "ring/clock.h"

namespace autospan::record {

using ring::kNone;
using ring::ScopeFrame;
using ring::Slot;

void open_gates(Writer& w) {
  w.shut &= ~uint32_t{kShutSlow};
  if (*w.uncaught == 0) w.shut &= ~uint32_t{kShutThrown};
  if (w.shut) return;
  w.enter_limit = w.frames_end;
  w.record_limit = w.record_end;
}

bool prepare(autospan_v1_site* site) {
  if (!t_writer->next && !attach_thread()) return false;
  if (__atomic_load_n(&site->id, __ATOMIC_ACQUIRE) == 0) {
    Locked locked(*g_process);
    register_site(*g_process, site);
  }
  return get(site->id) != ring::kRefusedSite;
}

static void enter_segment(Process& p, Writer& w, uint32_t chunk) {
  const bool first = chunk == w.thread_chunk;
  Slot* slots = chunk_slots(p, chunk);
  w.stack_chunk = chunk;
  w.frames_end = slots + (first ? ring::kThreadSpillSlot : ring::kSegmentSpillSlot);
  w.spill_end = slots + (first ? ring::kFirstRecordSlot : ring::kSlotsPerChunk);
}

static uint64_t here() { return reinterpret_cast<uint64_t>(__builtin_frame_address(0)); }

// Frames that a longjmp went past end with the frame below them. Where there is none, as in a loop that
// is not recorded, they would pile up for ever: so a segment goes when the host's stack is above the
// place where it was begun. Frames of a segment stand apart by more than `kSlack`, which is what the ways
// to here differ by; with few of them that is not known.
static void drop_passed_over(Writer& w) {
  constexpr uint64_t kSlack = 512;
  constexpr int kMany = 64;
  stack_t signal_stack;
  if (sigaltstack(nullptr, &signal_stack) != 0 || signal_stack.ss_flags & SS_ONSTACK) return;
  while (w.stack_chunk != w.thread_chunk) {
    Slot* const bottom = bottom_of(w);
    const uint64_t begun = get(bottom[-1].payload[2]);
    const uint64_t gone_above = w.next - bottom >= kMany ? begun - kSlack : begun + kSlack;
    if (here() < gone_above) return;
    const uint32_t segment = w.stack_chunk;
    const uint64_t now = ring::read_clock(w.clock);
    while (w.stack_chunk == segment) {
      Slot& f = w.next[-1];
      if (ring::head_kind(f.head) == ring::kSlotScope)
        pop_scope(w);
      else
        close_frame(w, f, ring::kHeadAbandoned, now);
    }
  }
}

// The sentinel stands in for the frame below: the low half of its number is where the hot path looks for
// a parent's.
static bool push_segment(Process& p, Writer& w) {
  uint32_t chunk = w.stack_spare;
  if (chunk == kNone) {
    Locked locked(p);
    chunk = claim_chunk(p, ring::kChunkStack, w.thread_chunk, w.thread->uid);
    if (chunk == kNone) return false;
  }
  w.stack_spare = kNone;
  Slot* slots = chunk_slots(p, chunk);
  for (uint32_t i = ring::kSegmentSlots; i < ring::kSegmentSpillSlot; ++i)
    if (slots[i].head) put(slots[i].head, uint64_t{0});
  Slot* sentinel = slots + ring::kSegmentSentinelSlot;
  put(sentinel->duration, kNoGuard | uint32_t(w.next[-1].duration));
  put(sentinel->head, uint64_t{0});
  put(sentinel->payload[0], uint64_t{slot_number(w, w.next)});
  put(sentinel->payload[1], uint64_t{slot_number(w, w.spill)});
  put(sentinel->payload[2], here());
  const uint64_t depth = w.stack_chunk == w.thread_chunk ? 0 : get(chunk_at(p, w.stack_chunk).order);
  put(chunk_at(p, chunk).order, depth + 1);
  if (w.root_at == w.next) w.root_at = slots + ring::kSegmentSlots;
  enter_segment(p, w, chunk);
  w.next = slots + ring::kSegmentSlots;
  w.spill = slots + ring::kSegmentSpillSlot;
  return true;
}

void settle(Writer& w) {
  Process& p = *g_process;
  while (w.stack_chunk != w.thread_chunk && w.next == bottom_of(w)) {
    const Slot& sentinel = w.next[-1];
    const uint32_t left = w.stack_chunk;
    Slot* next = slot_at(w, uint32_t(sentinel.payload[0]));
    if (w.root_at == w.next) w.root_at = next;
    w.spill = slot_at(w, uint32_t(sentinel.payload[1]));
    w.next = next;
    // A frame lies below: a segment is only left behind for another one when it holds some.
    enter_segment(p, w, slot_number(w, next - 1) / ring::kSlotsPerChunk);
    if (w.stack_spare == kNone) {
      w.stack_spare = left;
    } else {
      Locked locked(p);
      release_chunk(p, left);
    }
  }
}

bool make_room(Writer& w, uint32_t spill) {
  const auto has_room = [&] { return w.next < w.frames_end && w.spill + spill <= w.spill_end; };
  if (has_room()) return true;
  drop_passed_over(w);
  return has_room() || push_segment(*g_process, w);
}

// The frame below `f`'s place: in the segment below where f would be the lowest.
static Slot* below(Writer& w, Slot* f, uint32_t& chunk) {
  const bool first = chunk == w.thread_chunk;
  Slot* bottom = slot_at(w, chunk * ring::kSlotsPerChunk +
                                (first ? ring::kThreadSlots : ring::kSegmentSlots));
  if (f > bottom) return f - 1;
  if (first) return nullptr;
  Slot* next = slot_at(w, uint32_t(bottom[-1].payload[0]));
  chunk = uint32_t(next - 1 - w.slots) / ring::kSlotsPerChunk;
  return next - 1;
}

Slot* frame_of(Writer& w, uint64_t guard) {
  uint32_t chunk = w.stack_chunk;
  for (Slot* f = below(w, w.next, chunk); f; f = below(w, f, chunk))
    if (f->duration == guard) return f;
  return nullptr;
}

static bool runs_coroutine(const Slot& f) {
  return ring::head_kind(f.head) == ring::kSlotScope && reinterpret_cast<const ScopeFrame&>(f).detached;
}

Slot* innermost(Writer& w) {
  Slot* f = w.next - 1;
  uint32_t chunk = w.stack_chunk;
  for (;;) {
    Slot* slots = slot_at(w, chunk * ring::kSlotsPerChunk);
    Slot* bottom = slots + (chunk == w.thread_chunk ? ring::kThreadSlots : ring::kSegmentSlots);
    for (; f >= bottom; --f)
      if (ring::head_kind(f->head) == ring::kSlotSpan || runs_coroutine(*f)) return f;
    if (chunk == w.thread_chunk) return nullptr;
    f = slot_at(w, uint32_t(bottom[-1].payload[0])) - 1;
    chunk = slot_number(w, f) / ring::kSlotsPerChunk;
  }
}

// --- scopes -------------------------------------------------------------------------------------

bool push_scope(Writer& w, uint64_t root_context, uint32_t detached) {
  if (!make_room(w, 0)) return false;
  auto* f = reinterpret_cast<ScopeFrame*>(w.next);
  put(f->id, ++w.scopes);
  put(f->seq, uint64_t{0});
  f->root_at = slot_number(w, w.root_at);
  put(f->detached, detached);
  put(f->root, w.root);
  put(f->root_context, w.root_context);
  ++w.next;
  __atomic_store_n(&f->head, ring::make_head(0, ring::kSlotScope), __ATOMIC_RELEASE);
  w.root_at = w.next;
  w.root_context = root_context;
  return true;
}

void pop_scope(Writer& w) {
  auto* f = reinterpret_cast<ScopeFrame*>(w.next - 1);
  if (ring::head_kind(f->head) != ring::kSlotScope) return;
  w.root_at = slot_at(w, f->root_at);
  w.root = f->root;
  w.root_context = f->root_context;
  put(f->head, uint64_t{0});
  --w.next;
  settle(w);
}

}  // namespace autospan::record
