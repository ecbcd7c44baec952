// Detached spans: spans that are no stack frame. Begun on one thread, ended on any, kept in slabs of
// the file meanwhile so that a dead process shows them.
#include "record/cells.h"
#include "ring/clock.h"
#include "record/process.h"
#include "record/records.h"
#include "ring/ids.h"

namespace autospan::record {

using ring::DetachedFrame;
using ring::kNone;

static constexpr uint32_t kFramesPerChunk = (ring::kSlotsPerChunk - 1) / ring::kDetachedSlots;

static DetachedFrame* frames_of(const Process& p, uint32_t chunk) {
  return reinterpret_cast<DetachedFrame*>(chunk_slots(p, chunk) + 1);
}

static DetachedFrame* claim_frame(Process& p) {
  Locked locked(p);
  for (uint32_t c = p.detached_chunk; c != kNone; c = chunk_at(p, c).next)
    for (uint32_t i = 0; i < kFramesPerChunk; ++i) {
      uint32_t free = ring::kDetachedFree;
      if (__atomic_compare_exchange_n(&frames_of(p, c)[i].state, &free,
                                      uint32_t{ring::kDetachedClaimed}, false, __ATOMIC_ACQUIRE,
                                      __ATOMIC_RELAXED))
        return &frames_of(p, c)[i];
    }
  const uint32_t fresh = claim_chunk(p, ring::kChunkDetached, kNone, 0);
  if (fresh == kNone) return nullptr;
  for (uint32_t i = 0; i < kFramesPerChunk; ++i) frames_of(p, fresh)[i].state = ring::kDetachedFree;
  chunk_at(p, fresh).next = p.detached_chunk;
  p.detached_chunk = fresh;
  frames_of(p, fresh)[0].state = ring::kDetachedClaimed;
  return &frames_of(p, fresh)[0];
}

static DetachedFrame* find(const autospan_v1_detached& handle) {
  if (!handle.slot || !g_process || g_process->state != Attachment::kAttached) return nullptr;
  auto* f = reinterpret_cast<DetachedFrame*>(chunk_slots(*g_process, 0) + handle.slot);
  const bool ours = __atomic_load_n(&f->state, __ATOMIC_ACQUIRE) == ring::kDetachedOpen &&
                    f->seq == handle.seq;
  return ours ? f : nullptr;
}

static void fill_ids(Writer& w, DetachedFrame& f) {
  autospan_v1_context parent;
  const bool inside = context_of_top(w, &parent);
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
  constexpr uint32_t kRoom = sizeof f.payload / sizeof f.payload[0];
  Cells to(f.payload);
  uint32_t param = 0;
  for (size_t i = 0; i < count; ++i) {
    while (param < site.param_count && !carries_data(site.params[param].type)) ++param;
    if (to.at() + tagged_cells(values[i], ring::kStringBytesMax) > kRoom) break;
    store_tagged(to, values[i], ring::kKeyParam + param++, ring::kStringBytesMax);
  }
  f.cells = to.at();
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
  if (ring::switch_is_off(get(get(g_switches)[get(site->id)]))) return;
  Writer& w = *t_writer;
  DetachedFrame* f = claim_frame(*g_process);
  if (!f) {
    put(w.thread->refused, w.thread->refused + 1);
    return;
  }
  fill_ids(w, *f);
  fill_values(*f, *site, values, count);
  f->site = get(site->id);
  f->suspended = 0;
  f->start = ring::read_clock(w.clock);
  __atomic_store_n(&f->state, uint32_t{ring::kDetachedOpen}, __ATOMIC_RELEASE);
  handle->slot = slot_number(w, reinterpret_cast<ring::Slot*>(f));
  handle->seq = f->seq;
}

AUTOSPAN_EXPORTED void autospan_v1_detached_suspend(autospan_v1_detached* handle) noexcept {
  if (DetachedFrame* f = find(*handle)) f->suspended = ring::read_clock(g_process->clock);
}

AUTOSPAN_EXPORTED void autospan_v1_detached_resume(autospan_v1_detached* handle) noexcept {
  DetachedFrame* f = find(*handle);
  if (!f || !f->suspended) return;
  f->ids.idle_ticks += ring::read_clock(g_process->clock) - f->suspended;
  f->suspended = 0;
}

AUTOSPAN_EXPORTED void autospan_v1_detached_end(autospan_v1_detached* handle) noexcept {
  DetachedFrame* f = find(*handle);
  if (!f) return;
  autospan_v1_detached_resume(handle);
  SlowPath slow;
  Writer* w = t_writer;
  if (!slow.entered() || slow.was_busy() || (!w->next && !(w = attach_thread()))) return;
  if (!record_detached(*w, *f, ring::read_clock(w->clock))) put(w->thread->refused, w->thread->refused + 1);
  __atomic_store_n(&f->state, uint32_t{ring::kDetachedFree}, __ATOMIC_RELEASE);
  *handle = {0, 0};
}
