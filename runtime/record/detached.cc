// See detached.h. Begun on one thread, ended on any, kept in slabs of the file meanwhile so that a dead
// process shows them.
#include "record/detached.h"

#include <string.h>

#include "record/cells.h"
#include "record/narrow.h"
#include "record/process.h"
#include "ring/clock.h"
#include "ring/ids.h"

namespace autospan::record {

using ring::DetachedFrame;
using ring::kNone;

static constexpr uint32_t kFramesPerChunk = (ring::kSlotsPerChunk - 1) / ring::kDetachedSlots;
static constexpr uint32_t kRoom = sizeof DetachedFrame::payload / 8;

static DetachedFrame& frame_at(const Process& p, uint32_t slot) {
  return *reinterpret_cast<DetachedFrame*>(chunk_slots(p, 0) + slot);
}

uint32_t slot_of(const DetachedFrame& f) {
  return uint32_t(reinterpret_cast<const ring::Slot*>(&f) - chunk_slots(*g_process, 0));
}

static void give_back(Process& p, DetachedFrame& f) {
  put(f.seq, p.detached_free);
  __atomic_store_n(&f.state, uint32_t{ring::kDetachedFree}, __ATOMIC_RELEASE);
  p.detached_free = slot_of(f);
}

static bool add_slab(Process& p) {
  const uint32_t chunk = claim_chunk(p, ring::kChunkDetached, kNone, 0);
  if (chunk == kNone) return false;
  for (uint32_t i = kFramesPerChunk; i > 0; --i)
    give_back(p, frame_at(p, chunk * ring::kSlotsPerChunk + 1 + (i - 1) * ring::kDetachedSlots));
  return true;
}

static DetachedFrame* claim_frame(Process& p) {
  Locked locked(p);
  if (!p.detached_free && !add_slab(p)) return nullptr;
  DetachedFrame& f = frame_at(p, p.detached_free);
  p.detached_free = f.seq;
  put(f.state, uint32_t{ring::kDetachedClaimed});
  return &f;
}

DetachedFrame* find_detached(uint32_t slot) {
  if (!slot || !g_process || g_process->state != Attachment::kAttached) return nullptr;
  // What fork left in a handle may lie where this process has no storage yet.
  const uint32_t chunk = slot / ring::kSlotsPerChunk;
  if (chunk >= __atomic_load_n(&header(*g_process).chunks_used, __ATOMIC_ACQUIRE)) return nullptr;
  if (get(chunk_at(*g_process, chunk).kind) != ring::kChunkDetached) return nullptr;
  DetachedFrame& f = frame_at(*g_process, slot);
  return __atomic_load_n(&f.state, __ATOMIC_ACQUIRE) == ring::kDetachedOpen ? &f : nullptr;
}

static void fill_ids(Writer& w, DetachedFrame& f, bool root) {
  autospan_v1_context parent;
  const bool inside = !root && context_of_top(w, &parent);
  const uint64_t seq = next_seq(w);
  f.seq = uint32_t(seq);
  f.ids.span_id = ring::span_id(w.thread->seed, seq);
  if (inside) {
    f.ids.trace_id[0] = ring::load_big_endian(parent.trace_id);
    f.ids.trace_id[1] = ring::load_big_endian(parent.trace_id + 8);
    f.ids.parent_id = ring::load_big_endian(parent.span_id);
  } else {
    const ring::TraceIdWords trace = ring::trace_id(w.thread->seed, seq);
    f.ids.trace_id[0] = trace.high;
    f.ids.trace_id[1] = trace.low;
    f.ids.parent_id = 0;
  }
  f.ids.idle_ticks = 0;
}

static void fill_values(DetachedFrame& f, const autospan_v1_site& site,
                        const autospan_v1_slot* values, size_t count) {
  Cells to(f.payload);
  uint32_t param = 0;
  for (size_t i = 0; i < count; ++i) {
    while (param < site.param_count && !carries_data(site.params[param].type)) ++param;
    if (to.at() + tagged_cells(shown(values[i]), ring::kStringBytesMax) > kRoom) break;
    store_tagged(to, shown(values[i]), ring::kKeyParam + param++, ring::kStringBytesMax);
  }
  f.cells = to.at();
}

DetachedFrame* open_detached(Writer& w, autospan_v1_site& site, const autospan_v1_slot* values,
                             size_t count) {
  if (ring::switch_is_off(get(get(g_switches)[get(site.id)]))) return nullptr;
  DetachedFrame* f = claim_frame(*g_process);
  if (!f) {
    add(w.thread->refused, uint64_t{1});
    return nullptr;
  }
  fill_ids(w, *f, site.flags & AUTOSPAN_SITE_ROOT);
  fill_values(*f, site, values, count);
  f->site = get(site.id) | (site.flags & AUTOSPAN_SITE_STACK ? ring::kDetachedStack : 0);
  f->suspended = 0;
  f->start = ring::read_clock(w.clock);
  __atomic_store_n(&f->state, uint32_t{ring::kDetachedOpen}, __ATOMIC_RELEASE);
  return f;
}

void begin_idle(DetachedFrame& f) {
  if (!f.suspended) put(f.suspended, uint64_t{ring::read_clock(g_process->clock)});
}

void end_idle(DetachedFrame& f) {
  if (!f.suspended) return;
  const uint64_t now = ring::read_clock(g_process->clock);
  if (now > f.suspended) put(f.ids.idle_ticks, f.ids.idle_ticks + now - f.suspended);
  put(f.suspended, uint64_t{0});
}

bool add_field(DetachedFrame& f, const Key& key, const autospan_v1_slot& v) {
  if (!is_shown(key.id, v.type)) return true;
  const uint32_t taken = f.cells + 1 + key.cells();
  const uint32_t limit = taken < kRoom ? (kRoom - taken) * 8 : 0;
  if (f.cells + tagged_cells(v, limit) + key.cells() > kRoom || (is_text(v.type) && v.length && !limit))
    return false;
  Cells to(f.payload, f.cells);
  const uint64_t tag = tag_of(v, key.id, limit);
  to.word(tag);
  if (key.id == ring::kKeyInline) to.word(key.length), to.bytes(key.text, key.length);
  store_data(to, v, tag);
  signal_fence();
  put(f.cells, to.at());  // a reader of a dead process sees the field whole, or not at all
  return true;
}

void note_text(DetachedFrame& f, uint32_t key, const char* text, size_t length) {
  if (length > ring::kValueBytesMax) length = clamp_text(text, length, ring::kValueBytesMax);
  add_field(f, {key, nullptr, 0}, {reinterpret_cast<uintptr_t>(text), uint32_t(length), AUTOSPAN_STR, 0, 0});
}

bool close_detached(Writer& w, DetachedFrame& f) {
  const bool recorded = record_detached(w, f, ring::read_clock(w.clock));
  if (!recorded) add(w.thread->refused, uint64_t{1});
  Locked locked(*g_process);
  give_back(*g_process, f);
  return recorded;
}

static DetachedFrame* find(const autospan_v1_detached& handle) {
  DetachedFrame* f = find_detached(handle.slot);
  return f && f->seq == handle.seq ? f : nullptr;
}

}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED void autospan_v1_detached_begin(autospan_v1_detached* handle,
                                                  autospan_v1_site* site,
                                                  const autospan_v1_slot* values,
                                                  autospan_size count) noexcept {
  *handle = {0, 0};
  if (ring::switch_is_off(get(get(g_switches)[get(site->id)]))) return;
  SlowPath slow;
  if (!slow.entered() || slow.was_busy() || !prepare(site)) return;
  if (DetachedFrame* f = open_detached(*t_writer, *site, values, count)) *handle = {slot_of(*f), f->seq};
}

AUTOSPAN_EXPORTED void autospan_v1_detached_suspend(autospan_v1_detached* handle) noexcept {
  if (DetachedFrame* f = find(*handle)) begin_idle(*f);
}

AUTOSPAN_EXPORTED void autospan_v1_detached_resume(autospan_v1_detached* handle) noexcept {
  if (DetachedFrame* f = find(*handle)) end_idle(*f);
}

AUTOSPAN_EXPORTED void autospan_v1_detached_end(autospan_v1_detached* handle) noexcept {
  DetachedFrame* f = find(*handle);
  if (!f) return;
  end_idle(*f);
  SlowPath slow;
  if (!slow.entered() || slow.was_busy() || (!t_writer->next && !attach_thread())) return;
  close_detached(*t_writer, *f);
  *handle = {0, 0};
}
