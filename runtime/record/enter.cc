// The hot path: opening and closing a span. No allocation, lock, syscall, exception, formatting.
//
// A span is built as an open frame on the thread's stack in the ring file, so that it is there
// when the process dies, and copied into the ring of records when it ends.
#include "record/cells.h"
#include "ring/clock.h"
#include "record/writer.h"

namespace autospan::record {
namespace {

using ring::Slot;

// Compiler-only: a signal handler on this thread must see the stores around it in order.
inline void signal_fence() { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

inline void put_pair(uint32_t& first, uint32_t low, uint32_t high) {
  // Two neighbours in one store: what is written in halves and read whole stalls.
  uint64_t both = uint64_t{low} | uint64_t{high} << 32;
  memcpy(&first, &both, sizeof both);
}

struct Opening {
  Writer* w;
  Slot* frame;
};

// Each entry is one straight piece of code: left to themselves the compilers share begin() and pay
// a call and the stack for it.
#define AUTOSPAN_HOT __attribute__((always_inline)) inline

// True where a frame of `slots` slots may be opened at w->next.
AUTOSPAN_HOT bool ready(const Writer* w, uint32_t site_id, uint32_t slots) {
  // A thread that is not attached has no stack, and so no room in it.
  return __builtin_expect(w->stack_end - w->next >= ptrdiff_t(slots) &&
                              site_id - 1 < ring::kSitesMax - 1 && !w->busy,
                          1);
}

AUTOSPAN_HOT bool begin(autospan_v1_guard* guard, autospan_v1_site* site, uint32_t slots,
                        uint32_t flags, Opening& o) {
  Writer* w = t_writer;
  uint32_t id = __atomic_load_n(&site->id, __ATOMIC_RELAXED);
  if (!ready(w, id, slots)) {
    if (!prepare_enter(site, slots)) return false;
    w = t_writer;
    id = __atomic_load_n(&site->id, __ATOMIC_RELAXED);
  }
  const uint8_t sw = get(w->switches[id]);
  if (__builtin_expect(sw == kSwitchOff, 0)) return false;
  w->busy = 1;
  signal_fence();
  Slot* f = w->next;
  const Slot* top = w->top;
  const uint64_t seq64 = w->seq + 1;
  const uint32_t seq = uint32_t(seq64);
  w->seq = seq64;
  const uint32_t back = uint32_t(f - top) << kFrameBackShift | (*w->uncaught & 0xff) << kFrameUncaughtShift;
  if (top == w->scope_top) {
    put_pair(f->seq, seq, 0);
    put_pair(f->root, 0, w->scope_context);
  } else {
    put_pair(f->seq, seq, seq - top->seq);
    put_pair(f->root, seq - top->seq + top->root, top->context);
  }
  put_pair(f->site, id,
           back | flags | (slots - 1) | uint32_t{ring::kSlotSpan} << ring::kMetaKindShift);
  if (__builtin_expect(sw == kSwitchSpecial, 0)) begin_special(*w, *f, *site);
  guard->frame = slot_number(*w, f);
  guard->seq = seq;
  o = {w, f};
  return true;
}

AUTOSPAN_HOT void open(const Opening& o, uint32_t slots, uint32_t cells) {
  o.frame->duration = cells;  // an open frame's: payload cells in use
  o.frame->start = ring::read_ticks(o.w->tsc);
  o.w->top = o.frame;
  o.w->next = o.frame + slots;
  // The frame is whole: a reader of a dead process finds it below stack_next.
  __atomic_store_n(&o.w->thread->stack_next, slot_number(*o.w, o.w->next), __ATOMIC_RELEASE);
  signal_fence();
  o.w->busy = 0;
}

AUTOSPAN_HOT void enter_words(autospan_v1_guard* guard, autospan_v1_site* site, uint32_t count,
                        uint64_t first, uint64_t second) {
  Opening o;
  if (!begin(guard, site, 1, count ? ring::kMetaPacked : 0, o)) return;
  uint64_t* cells = o.frame->payload;
  if (count > 0) cells[0] = first;
  if (count > 1) cells[1] = second;
  cells[count] = 0;  // count < kHeadCells
  open(o, 1, count);
}

AUTOSPAN_HOT void enter_text(autospan_v1_guard* guard, autospan_v1_site* site, uint32_t words,
                       uint64_t word, const char* text, size_t length) {
  const uint32_t kept = text ? clamp_text(text, length, ring::kStringBytesMax) : 0;
  const uint32_t used = words + text_cells(kept);
  const uint32_t slots = slots_for(used);
  Opening o;
  if (!begin(guard, site, slots, ring::kMetaPacked, o)) return;
  uint64_t* cells = o.frame->payload;
  if (words) cells[0] = word;
  store_text(cells + words, text, kept, length);
  terminate_cells(cells, used, slots);
  open(o, slots, used);
}

}  // namespace

// Copies the frame into the ring: everything first, the word that holds the commit last.
static AUTOSPAN_HOT void publish(Writer& w, const Slot& f, uint32_t slots, uint32_t meta, uint64_t end) {
  Slot* r = w.record;
  const uint64_t* from = reinterpret_cast<const uint64_t*>(&f);
  uint64_t* to = reinterpret_cast<uint64_t*>(r);
  put(to[0], f.start);
  put(to[1], end - f.start);
  put(to[2], from[2]);
  put(to[3], from[3]);
  for (uint32_t i = 5; i < 8; ++i) put(to[i], from[i]);
  if (__builtin_expect(slots > 1, 0))
    for (uint32_t i = 8; i < 8 * slots; ++i) put(to[i], from[i]);
  // Pairs with the acquire load in ring_reader.
  __atomic_store_n(&to[4], uint64_t{f.site} | uint64_t{meta | w.epoch} << 32, __ATOMIC_RELEASE);
  w.record = r + slots;
}

// The frame ends: into the ring, off the stack. `w.busy` is set.
static AUTOSPAN_HOT void close_hot(Writer& w, Slot& f, uint32_t flags, uint64_t end) {
  if (__builtin_expect((*w.uncaught & 0xff) != frame_uncaught(f), 0)) note_exception(w, f);
  const uint32_t slots = frame_slots(f);
  if (__builtin_expect(w.record + slots > w.record_end, 0)) {
    if (!turn_chunk(w)) put(w.thread->refused, get(w.thread->refused) + 1);
  }
  if (__builtin_expect(w.record + slots <= w.record_end, 1))
    publish(w, f, slots, (f.commit & 0xffff) | flags, end);
  w.top = &f - frame_back(f);
  w.next = &f;
  __atomic_store_n(&w.thread->stack_next, slot_number(w, w.next), __ATOMIC_RELEASE);
}

void close_frame(Writer& w, Slot& f, uint32_t flags, uint64_t end) { close_hot(w, f, flags, end); }

}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED void autospan_v1_enter_0(autospan_v1_guard* g, autospan_v1_site* s) noexcept {
  enter_words(g, s, 0, 0, 0);
}
AUTOSPAN_EXPORTED void autospan_v1_enter_w(autospan_v1_guard* g, autospan_v1_site* s,
                                           autospan_u64 a) noexcept {
  enter_words(g, s, 1, a, 0);
}
AUTOSPAN_EXPORTED void autospan_v1_enter_ww(autospan_v1_guard* g, autospan_v1_site* s,
                                            autospan_u64 a, autospan_u64 b) noexcept {
  enter_words(g, s, 2, a, b);
}
AUTOSPAN_EXPORTED void autospan_v1_enter_s(autospan_v1_guard* g, autospan_v1_site* s,
                                           const char* text, autospan_size n) noexcept {
  enter_text(g, s, 0, 0, text, n);
}
AUTOSPAN_EXPORTED void autospan_v1_enter_ws(autospan_v1_guard* g, autospan_v1_site* s,
                                            autospan_u64 a, const char* text,
                                            autospan_size n) noexcept {
  enter_text(g, s, 1, a, text, n);
}

// Tagged: which values are present is only known at run time.
AUTOSPAN_EXPORTED void autospan_v1_enter_n(autospan_v1_guard* g, autospan_v1_site* s,
                                           const autospan_v1_slot* values,
                                           autospan_size count) noexcept {
  using namespace autospan;
  uint32_t used = 0;
  size_t kept = 0;
  for (; kept < count; ++kept) {
    const uint32_t more = tagged_cells(values[kept], ring::kStringBytesMax);
    if (used + more > kFrameCellsMax) break;
    used += more;
  }
  const uint32_t slots = slots_for(used);
  Opening o;
  if (!begin(g, s, slots, kept < count ? ring::kMetaTruncated : 0, o)) return;
  uint64_t* cells = o.frame->payload;
  uint32_t param = 0;
  for (size_t i = 0; i < kept; ++i) {
    while (param < s->param_count && !carries_data(s->params[param].type)) ++param;
    cells += store_tagged(cells, values[i], ring::kKeyParam + param++, ring::kStringBytesMax);
  }
  terminate_cells(o.frame->payload, used, slots);
  open(o, slots, used);
}

AUTOSPAN_EXPORTED int autospan_v1_armed(autospan_v1_site* s) noexcept {
  const Writer* w = t_writer;
  const uint32_t id = __atomic_load_n(&s->id, __ATOMIC_RELAXED);
  if (!ready(w, id, 1)) {
    if (!prepare_enter(s, 1)) return 0;
    w = t_writer;
  }
  return get(w->switches[__atomic_load_n(&s->id, __ATOMIC_RELAXED)]) != kSwitchOff;
}

AUTOSPAN_EXPORTED void autospan_v1_exit(autospan_v1_guard* g) noexcept {
  Writer* w = t_writer;
  if (!g->frame) return;
  autospan::ring::Slot* f = w->top;
  if (__builtin_expect(w->busy || w->next == nullptr || slot_number(*w, f) != g->frame ||
                           f->seq != g->seq,
                       0)) {
    exit_slow(g);
    return;
  }
  w->busy = 1;
  signal_fence();
  close_hot(*w, *f, 0, ring::read_ticks(w->tsc));
  signal_fence();
  w->busy = 0;
}
