// The hot path: opening and closing a span. No allocation, lock, syscall, exception, formatting, and
// no stack frame of its own: whatever is out of the ordinary leaves by a tail call.
//
// A span is built as an open frame on the thread's stack in the ring file, so that it is there
// when the process dies, and copied into the ring of records when it ends. Each store is one word
// that the exit reads whole: what is written in halves and read together stalls.
//
// A signal handler may come in between any two instructions and record spans of its own. Enter takes
// its slot before it fills it, so that the handler's frames go above; exit shuts the gate for records
// while it writes one. Everything else the handler leaves as it found it.
#include "record/budget.h"
#include "record/general.h"
#include "record/head_cells.h"
#include "record/writer.h"
#include "ring/clock.h"

namespace autospan::record {
namespace {

using ring::Slot;

#define AUTOSPAN_HOT __attribute__((always_inline)) inline

// True where the general path must look after exceptions itself: nobody overhears them. So in the
// static archive, beside a C++ runtime that may be static too.
#if defined(AUTOSPAN_POLL_EXCEPTIONS)
AUTOSPAN_HOT bool in_flight(const Writer* w) { return *w->uncaught != 0; }
#else
AUTOSPAN_HOT bool in_flight(const Writer*) { return false; }
#endif

AUTOSPAN_HOT bool open_here(const Writer* w, const Slot* f) {
  return __builtin_expect(f < w->enter_limit, 1) && __builtin_expect(!in_flight(w), 1);
}

// Takes the slot and says whose it is. The order matters: see above.
AUTOSPAN_HOT uint64_t begin(Writer* w, Slot* f) {
  const uint64_t seq = next_seq(*w);
  w->next = f + 1;
  signal_fence();
  put(f->duration, seq);
  if (f == w->root_at) {
    const uint64_t root = uint32_t(seq) | w->root_context;
    w->root = root;
    put(f->root, root);
  }
  return seq;
}

// True where this call of a counted site is no span.
AUTOSPAN_HOT bool only_counted(uint32_t id) {
  ring::CounterCell* c = counter_cell(*t_writer, id);
  return c && !count_call(*c);
}

// From here on a reader of a dead process finds the frame.
AUTOSPAN_HOT void commit(Slot* f, uint64_t head) {
  put(f->start, ring::read_ticks(true));
  __atomic_store_n(&f->head, head, __ATOMIC_RELEASE);
}

}  // namespace
}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

// What every entry begins with. The switch first, so that a site that is off touches no thread's
// state: below 1 is off, above 1 is counted or somebody else's.
#define AUTOSPAN_BEGIN(ordinary, general)                                   \
  const uint32_t id = get(site->id);                                        \
  const uint8_t on = get(get(g_switches)[id]);                              \
  if (__builtin_expect(on != kSwitchOn, 0)) {                               \
    if (on < kSwitchOn) return 0;                                           \
    if (on == kSwitchCounted && only_counted(id)) return 0;                 \
    return general;                                                         \
  }                                                                         \
  Writer* w = t_writer;                                                     \
  ring::Slot* f = w->next;                                                  \
  if (__builtin_expect(!(ordinary), 0) || !open_here(w, f)) return general

AUTOSPAN_EXPORTED autospan_v1_guard autospan_v1_enter_0(autospan_v1_site* site) noexcept {
  AUTOSPAN_BEGIN(true, enter_general_0(site, on));
  const uint64_t guard = begin(w, f);
  commit(f, make_head(id, ring::kSlotSpan));
  return guard;
}

AUTOSPAN_EXPORTED autospan_v1_guard autospan_v1_enter_w(autospan_v1_site* site,
                                                        autospan_u64 a) noexcept {
  AUTOSPAN_BEGIN(true, enter_general_w(site, a, on));
  const uint64_t guard = begin(w, f);
  put(f->payload[0], a);
  commit(f, make_head(id, ring::kSlotSpan, ring::kShapeWord));
  return guard;
}

AUTOSPAN_EXPORTED autospan_v1_guard autospan_v1_enter_ww(autospan_v1_site* site, autospan_u64 a,
                                                         autospan_u64 b) noexcept {
  AUTOSPAN_BEGIN(true, enter_general_ww(site, a, b, on));
  const uint64_t guard = begin(w, f);
  put(f->payload[0], a);
  store_pair(f->payload + 1, b, 0);
  commit(f, make_head(id, ring::kSlotSpan, ring::kShapeTwoWords));
  return guard;
}

AUTOSPAN_EXPORTED autospan_v1_guard autospan_v1_enter_s(autospan_v1_site* site, const char* text,
                                                        autospan_size n) noexcept {
  AUTOSPAN_BEGIN(n <= kHeadTextBytes, enter_general_s(site, text, n, on));
  const uint64_t guard = begin(w, f);
  store_text(f->payload + 1, text, n);
  commit(f, make_head(id, ring::kSlotSpan, ring::kShapeText) | n << ring::kHeadTextShift);
  return guard;
}

AUTOSPAN_EXPORTED autospan_v1_guard autospan_v1_enter_ws(autospan_v1_site* site, autospan_u64 a,
                                                         const char* text,
                                                         autospan_size n) noexcept {
  AUTOSPAN_BEGIN(n <= kHeadTextBytes, enter_general_ws(site, a, text, n, on));
  const uint64_t guard = begin(w, f);
  put(f->payload[0], a);
  store_text(f->payload + 1, text, n);
  commit(f, make_head(id, ring::kSlotSpan, ring::kShapeWordText) | n << ring::kHeadTextShift);
  return guard;
}

// Any number of tagged values: built by the general path.
AUTOSPAN_EXPORTED autospan_v1_guard autospan_v1_enter_n(autospan_v1_site* site,
                                                        const autospan_v1_slot* values,
                                                        autospan_size count) noexcept {
  const uint32_t id = get(site->id);
  const uint8_t on = get(get(g_switches)[id]);
  if (on == kSwitchOff || (on == kSwitchCounted && only_counted(id))) return 0;
  return enter_general_n(site, values, count, on);
}

// Of a counted site most calls are told off here, before their arguments are evaluated.
AUTOSPAN_EXPORTED int autospan_v1_armed(autospan_v1_site* site) noexcept {
  const uint32_t id = get(site->id);
  const uint8_t on = get(get(g_switches)[id]);
  if (__builtin_expect(on == kSwitchOn, 1)) return 1;
  if (on < kSwitchOn) return 0;
  if (on == kSwitchCounted)
    if (ring::CounterCell* c = counter_cell(*t_writer, id); c && get(c->left) > 1)
      return count_call(*c) ? round_is_over(*c) : 0;
  return armed_general(site);
}

// The clock first: what follows is not the span's, and hides in the time that reading it takes. Then
// the gate: from there on the place in the ring is ours. A thread that is not attached, or a child of
// fork, has no limit and no records.
AUTOSPAN_EXPORTED void autospan_v1_exit(autospan_v1_guard guard) noexcept {
  const uint64_t now = ring::read_ticks(true);
  signal_fence();
  Writer* w = t_writer;
  ring::Slot* const limit = w->record_limit;
  w->record_limit = nullptr;
  signal_fence();
  ring::Slot* r = w->record;
  if (__builtin_expect(r >= limit, 0)) goto out_of_the_ordinary;
  {
    ring::Slot* f = w->next - 1;
    const uint64_t head = f->head;
    const uint64_t start = f->start;
    const uint64_t took = now - start;
    if (__builtin_expect(f->duration != guard, 0)) goto out_of_the_ordinary;
    if (__builtin_expect(uint32_t(head) >= 1u << ring::kHeadContinuationShift, 0))
      goto out_of_the_ordinary;
    if (__builtin_expect(took < w->min_ticks, 0)) goto out_of_the_ordinary;
    if (__builtin_expect(in_flight(w), 0)) goto out_of_the_ordinary;
    put(r->start, start);
    put(r->duration, took);
    put(r->lineage, uint32_t(guard) | f[-1].duration << 32);
    put(r->root, w->root);
    put(r->payload[0], f->payload[0]);
    copy_pair(r->payload + 1, f->payload + 1);
    // As commit_record() does. Behind the last one there is nothing to write; its own word is next.
    ring::Slot* const after = r + 1;
    put((after < limit ? after : r)->head, uint64_t{0});
    __atomic_store_n(&r->head, head | w->epoch, __ATOMIC_RELEASE);
    w->record = after;
    put(f->head, uint64_t{0});
    w->next = f;
    signal_fence();
    w->record_limit = limit;
    return;
  }
out_of_the_ordinary:
  w->record_limit = limit;
  return exit_general(guard, now);
}
