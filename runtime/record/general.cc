// See general.h. One way in, one way out, each with room for everything.
#include "record/general.h"

#include "record/budget.h"
#include "record/cells.h"
#include "record/clock.h"
#include "record/cpu_time.h"
#include "record/fold.h"
#include "record/narrow.h"
#include "record/patch.h"
#include "record/process.h"
#include "record/records.h"
#include "ring/clock.h"

namespace autospan::record {

using ring::Extra;
using ring::Slot;

namespace {

// What an entry was given, in the order in which it is stored.
struct Values {
  ring::SlotShape shape = ring::kShapeNone;
  uint64_t first = 0, second = 0;
  const char* text = nullptr;
  size_t length = 0;
  const autospan_v1_slot* slots = nullptr;   // the general shape: tagged
  size_t count = 0;
};

struct Measure {
  uint32_t cells = 0;
  uint32_t text = 0;      // bytes kept
  size_t count = 0;       // slots kept
  bool truncated = false;
};

// Without what AUTOSPAN_CAPTURE holds back.
Values narrowed(Values v, const autospan_v1_site& site) {
  if (g_capture == Capture::kAll) return v;
  uint8_t types[2] = {AUTOSPAN_NONE, AUTOSPAN_NONE};
  for (uint32_t i = 0, found = 0; i < site.param_count && found < 2; ++i)
    if (carries_data(site.params[i].type)) types[found++] = site.params[i].type;
  switch (v.shape) {
    case ring::kShapeNone: return v;  // slots one by one
    case ring::kShapeWord:
    case ring::kShapeWordText:
      if (!is_shown(types[0])) return {};
      v.shape = is_shown(types[1]) && v.shape == ring::kShapeWordText ? v.shape : ring::kShapeWord;
      return v;
    case ring::kShapeTwoWords:
      if (!is_shown(types[0])) return {};
      if (!is_shown(types[1])) v.shape = ring::kShapeWord;
      return v;
    case ring::kShapeText: return is_shown(types[0]) ? v : Values();
  }
  return {};
}

Measure measure(const Values& v, bool cpu) {
  Measure m;
  if (v.shape == ring::kShapeText || v.shape == ring::kShapeWordText) {
    m.text = v.text ? clamp_text(v.text, v.length, ring::kStringBytesMax) : 0;
    m.truncated = v.text && m.text < v.length;
  }
  m.cells = ring::shape_cells(ring::make_head(0, ring::kSlotSpan, v.shape) |
                              uint64_t{m.text} << ring::kHeadTextShift);
  if (cpu) m.cells += kCpuCells;
  for (; m.count < v.count; ++m.count) {
    const uint32_t more = tagged_cells(shown(v.slots[m.count]), ring::kStringBytesMax);
    if (m.cells + more > kFrameCellsMax) break;
    m.cells += more;
  }
  m.truncated |= m.count < v.count;
  return m;
}

// Which values are present is only known at run time: each says which param it is.
void store_values(Cells& to, const autospan_v1_site& site, const Values& v, const Measure& m) {
  switch (v.shape) {
    case ring::kShapeNone: break;
    case ring::kShapeWord: to.word(v.first); break;
    case ring::kShapeTwoWords: to.word(v.first), to.word(v.second); break;
    case ring::kShapeText:
    case ring::kShapeWordText: to.word(v.first), to.bytes(v.text, m.text); break;
  }
  if (site.flags & AUTOSPAN_SITE_CPU) begin_cpu(to);
  uint32_t param = 0;
  for (size_t i = 0; i < m.count; ++i) {
    while (param < site.param_count && !carries_data(site.params[param].type)) ++param;
    store_tagged(to, shown(v.slots[i]), ring::kKeyParam + param++, ring::kStringBytesMax);
  }
}

// A frame for which there is room. The same order as on the hot path, for the same reasons.
uint64_t open_frame(Writer& w, const autospan_v1_site& site, const Values& v, const Measure& m,
                    uint64_t flags) {
  const uint32_t continuation = continuation_for(m.cells);
  Slot* f = w.next;
  Slot* rest = w.spill;
  const uint64_t seq = next_seq(w);
  w.next = f + 1;
  w.spill = rest + continuation;
  signal_fence();
  put(f->duration, seq);
  if (f == w.root_at) {
    w.root = uint32_t(seq) | w.root_context;
    put(f->root, w.root);
  } else if (site.min_duration_us) {
    put(f->root, ticks_of_us(*g_process, site.min_duration_us));
    flags |= ring::kFrameMin;
  }
  if (site.flags & AUTOSPAN_SITE_CPU) flags |= ring::kFrameCpu;
  if (site.flags & AUTOSPAN_SITE_STACK) flags |= ring::kFrameStack;
  Cells cells(*f, rest);
  store_values(cells, site, v, m);
  set_extra(*f, {uint16_t(m.cells), uint16_t(*w.uncaught), continuation ? slot_number(w, rest) : 0});
  put(f->start, ring::read_clock(w.clock));
  if (m.truncated) flags |= ring::kHeadTruncated;
  __atomic_store_n(&f->head,
                   ring::make_head(get(site.id), ring::kSlotSpan, v.shape) | ring::kHeadMore | flags |
                       uint64_t{continuation} << ring::kHeadContinuationShift |
                       uint64_t{m.text} << ring::kHeadTextShift,
                   __ATOMIC_RELEASE);
  return seq;
}

// TRACE_ROOT: a trace of its own, linked to the span around it.
uint64_t open_root(Writer& w, const autospan_v1_site& site, const Values& v, const Measure& m) {
  autospan_v1_context enclosing;
  const bool inside = context_of_top(w, &enclosing);
  if (!push_scope(w, 0)) return 0;
  if (!make_room(w, continuation_for(m.cells))) {
    pop_scope(w);
    return 0;
  }
  const uint64_t seq = open_frame(w, site, v, m, ring::kHeadRoot);
  if (inside) record_link(w, {seq, w.root, site.id}, enclosing);
  return seq;
}

// A span that stands for several calls is so many that are missing.
uint64_t refuse(uint64_t rate) {
  if (t_writer->next) add(t_writer->thread->refused, uint64_t{ring::head_rate(rate)});
  return 0;
}

// A site that asks first is patched where it asks: what it calls then may be shared.
void note_entry(autospan_v1_site* site, const void* back) {
  if (!(site->flags & AUTOSPAN_SITE_ASKS)) note_call(site, back);
}

uint64_t enter_slow(autospan_v1_site* site, uint8_t on, const Values& given, uint64_t rate, const void* back) {
  SlowPath slow;
  if (!slow.entered() || slow.was_busy()) return refuse(rate);
  const bool fresh = get(site->id) == 0;
  if (!prepare(site)) return 0;
  if (fresh) note_entry(site, back);
  if (on != kSwitchCounted) on = get(get(g_switches)[get(site->id)]);
  if (ring::switch_is_off(on)) return 0;
  Writer& w = *t_writer;
  settle(w);
  const Values v = narrowed(given, *site);  // by what the process has said now
  const Measure m = measure(v, site->flags & AUTOSPAN_SITE_CPU);
  if (on == kSwitchCounted && !counter_cell(w, get(site->id))) {
    // Another thread found the site too hot; on this one it is not judged yet.
    ring::CounterCell* c = make_counter_cell(w, get(site->id));
    if (c && count_call(*c)) begin_round(w, *c, &rate);
  }
  if (on == kSwitchSpecial && site->flags & AUTOSPAN_SITE_ROOT) {
    const uint64_t seq = open_root(w, *site, v, m);
    return seq ? seq : refuse(rate);
  }
  return make_room(w, continuation_for(m.cells)) ? open_frame(w, *site, v, m, rate) : refuse(rate);
}

// Most of what comes here needs no slow path: long texts, many values, another clock, an exception in
// flight, a counted site. `back` is where the site's call returns to: it names the call.
uint64_t enter_general(autospan_v1_site* site, uint8_t on, const Values& given, const void* back) {
  if (on == kSwitchSeek) return note_entry(site, back), 0;
  Writer& w = *t_writer;
  uint64_t rate = 0;
  bool known = on == kSwitchOn || (on == kSwitchSpecial && get(site->id) &&
                                   !(site->flags & AUTOSPAN_SITE_ROOT));
  if (on == kSwitchCounted) {
    if (ring::CounterCell* c = counter_cell(w, get(site->id))) {
      known = true;
      if (!begin_round(w, *c, &rate)) return 0;
    }
  }
  const Values v = narrowed(given, *site);
  const Measure m = measure(v, site->flags & AUTOSPAN_SITE_CPU);
  if (!known || !at_rest(w) || w.next >= w.frames_end ||
      w.spill + continuation_for(m.cells) > w.spill_end)
    return enter_slow(site, on, given, rate, back);
  return open_frame(w, *site, v, m, rate);
}

// --- out ----------------------------------------------------------------------------------------

void publish(Writer& w, const Slot& f, uint32_t continuation, uint64_t head, uint64_t end) {
  Slot* r = w.record;
  const Slot* rest = slot_at(w, extra_of(f).spill);
  put(r->start, f.start);
  put(r->duration, end > f.start ? end - f.start : 0);
  put(r->lineage, uint32_t(f.duration) | (&f)[-1].duration << 32);
  put(r->root, w.root);
  for (uint32_t i = 0; i < ring::kHeadCells; ++i) put(r->payload[i], f.payload[i]);
  const auto* from = reinterpret_cast<const uint64_t*>(rest);
  auto* to = reinterpret_cast<uint64_t*>(r + 1);
  for (uint32_t i = 0; i < continuation * ring::kSlotCells; ++i) put(to[i], from[i]);
  if (head & ring::kHeadMore) {
    // Entries end at a zero cell, or with the slots.
    const uint32_t cells = extra_of(f).cells;
    if (cells < cells_in(continuation)) Cells(*r, r + 1, cells).word(0);
  }
  commit_record(w, r, 1 + continuation, (head & ring::kRecordMask) | w.epoch);
}

bool on_stack(Writer& w, uint64_t guard) { return frame_of(w, guard) != nullptr; }

void close_until(Writer& w, uint64_t guard, uint64_t end) {
  for (;;) {
    settle(w);
    Slot& f = w.next[-1];
    if (ring::head_kind(f.head) == ring::kSlotScope) {
      pop_scope(w);
      continue;
    }
    if (f.duration == guard) return close_frame(w, f, 0, end);
    // A longjmp or a fiber went past it: whatever flies, it did not leave that frame by throwing.
    close_frame(w, f, ring::kHeadAbandoned, end);
  }
}

// A signal handler's span that ends while the code below writes a record: counted, not recorded.
void drop_top(Writer& w, uint64_t guard) {
  Slot* f = w.next - 1;
  if (f->duration != guard || !f->head) return;
  if (f->head & ring::kHeadMore && extra_of(*f).spill) w.spill = slot_at(w, extra_of(*f).spill);
  put(f->head, uint64_t{0});
  w.next = f;
  add(w.thread->refused, uint64_t{1});
}

}  // namespace

// Into the ring where it has room, and off the stack.
static void close_top(Writer& w, Slot& f, uint64_t head, uint64_t end) {
  end_cpu(w, f);
  const bool more = head & ring::kHeadMore;
  // Whether entries follow is now known.
  if (more && extra_of(f).cells == ring::shape_cells(head)) head &= ~ring::kHeadMore;
  const uint32_t continuation = ring::head_continuation(head);
  if (w.record + 1 + continuation <= w.record_end)
    publish(w, f, continuation, head, end);
  else
    add(w.thread->refused, uint64_t{1});
  if (more && extra_of(f).spill) w.spill = slot_at(w, extra_of(f).spill);
  put(f.head, uint64_t{0});
  w.next = &f;
}

void close_frame(Writer& w, Slot& f, uint64_t flags, uint64_t end) {
  const uint32_t uncaught = f.head & ring::kHeadMore ? extra_of(f).uncaught : 0;
  if (!(flags & ring::kHeadAbandoned) && *w.uncaught > uncaught) note_exception(w, f);
  const uint64_t head = f.head | flags;
  if (w.record + ring::head_slots(head) > w.record_end) turn_chunk(w);
  close_top(w, f, head, end);
  settle(w);
  if (head & ring::kHeadRoot) pop_scope(w);
}

// The hot path comes here by a tail call, so that this is the site's own return address. Where it does
// not, nothing is patched.
#define AUTOSPAN_BACK __builtin_return_address(0)

autospan_v1_guard enter_general_0(autospan_v1_site* site, autospan_u8 on) {
  return enter_general(site, on, {}, AUTOSPAN_BACK);
}
autospan_v1_guard enter_general_w(autospan_v1_site* site, autospan_u64 a, autospan_u8 on) {
  return enter_general(site, on, {ring::kShapeWord, a}, AUTOSPAN_BACK);
}
autospan_v1_guard enter_general_ww(autospan_v1_site* site, autospan_u64 a, autospan_u64 b,
                                   autospan_u8 on) {
  return enter_general(site, on, {ring::kShapeTwoWords, a, b}, AUTOSPAN_BACK);
}
autospan_v1_guard enter_general_s(autospan_v1_site* site, const char* text, autospan_size n,
                                  autospan_u8 on) {
  return enter_general(site, on, {ring::kShapeText, 0, 0, text, n}, AUTOSPAN_BACK);
}
autospan_v1_guard enter_general_ws(autospan_v1_site* site, autospan_u64 a, const char* text,
                                   autospan_size n, autospan_u8 on) {
  return enter_general(site, on, {ring::kShapeWordText, a, 0, text, n}, AUTOSPAN_BACK);
}
autospan_v1_guard enter_general_n(autospan_v1_site* site, const autospan_v1_slot* values,
                                  autospan_size count, autospan_u8 on) {
  Values v;
  v.slots = values;
  v.count = count;
  return enter_general(site, on, v, AUTOSPAN_BACK);
}

static void close_top(Writer& w, Slot& f, uint64_t head, uint64_t end);

// The top frame ends as it should on a thread at rest, and its record has room.
static bool exit_in_order(Writer& w, uint64_t guard, uint64_t end) {
  Slot& f = w.next[-1];
  if (!at_rest(w) || f.duration != guard || !f.head || f.head & ring::kHeadRoot) return false;
  if (w.stack_chunk != w.thread_chunk && &f == bottom_of(w)) return false;  // settles
  const uint32_t continuation = ring::head_continuation(f.head);
  if (w.record + 1 + continuation > w.record_end) return false;
  const bool more = f.head & ring::kHeadMore;
  if (*w.uncaught != (more ? extra_of(f).uncaught : 0)) return false;
  const uint32_t shut = w.shut;
  w.shut |= kShutSlow;
  w.enter_limit = w.record_limit = nullptr;
  signal_fence();
  const uint64_t ticks = end > f.start ? end - f.start : 0;
  if (!fold(w, f, ticks)) close_top(w, f, f.head, end);
  signal_fence();
  w.shut = shut;
  if (!shut || shut == kShutThrown) open_gates(w);
  return true;
}

void exit_general(autospan_v1_guard guard, autospan_u64 now) {
  Writer& w = *t_writer;
  // Forked, or detached; or a call that was being patched away, which leaves any number of 32 bits.
  if (!(guard >> 32) || !w.next) return;
  const uint64_t end = w.clock == ring::ClockMode::kTsc ? now : ring::read_clock(w.clock);
  if (exit_in_order(w, guard, end)) return;
  SlowPath slow;
  if (!slow.entered()) return;
  if (slow.was_busy()) return drop_top(w, guard);
  if (on_stack(w, guard))
    close_until(w, guard, end);
  else
    add(w.thread->foreign_exits, uint64_t{1});
}

}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

// Nothing is known of the site, its call is looked for, or its round of counted calls may be over.
int autospan::record::armed_general(autospan_v1_site* site) {
  const bool fresh = get(site->id) == 0;
  if (fresh) {
    SlowPath slow;
    if (!slow.entered() || slow.was_busy() || !prepare(site)) return 0;
  }
  const uint32_t id = get(site->id);
  const uint8_t on = get(get(g_switches)[id]);
  if (fresh || on == kSwitchSeek) note_call(site, AUTOSPAN_BACK);
  if (on != kSwitchCounted) return !ring::switch_is_off(on);
  ring::CounterCell* c = counter_cell(*t_writer, id);
  if (!c) return 1;
  const bool spans = ring::counter_state(*c) <= ring::kCounterRateMax;
  if (spans && get(c->left) <= 1) return 1;  // its next call is a span
  return count_call(*c) && round_is_over(*c);
}

// After all: a signal handler had counted the others, or it has no spans.
int autospan::record::round_is_over(ring::CounterCell& c) {
  if (ring::counter_state(c) <= ring::kCounterRateMax) {
    put(c.left, 1u);
    return 1;
  }
  uint64_t rate;
  return begin_round(*t_writer, c, &rate);
}
