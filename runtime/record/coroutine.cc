// Coroutines: a detached span, and while the body runs a scope on its thread, so that what the body does
// falls under it. Between suspension and resumption neither thread knows of the other.
#include "record/detached.h"
#include "record/process.h"
#include "record/stacktrace.h"
#include "ring/clock.h"
#include "ring/ids.h"

namespace autospan::record {
namespace {

using ring::DetachedFrame;

// What the opaque words are.
struct Coroutine {
  uint32_t slot;      // of the DetachedFrame; 0 = not recording
  uint32_t context;   // what children refer to, a block of the thread that wrote it
  uint64_t span_id;
  uint64_t scope;     // while the body runs: its scope's id; 0 = suspended
  uint64_t thread;    // uid of the thread that runs it, or ran it last
  uint32_t uncaught;  // exceptions in flight when it was resumed
  uint32_t reserved;
};
static_assert(sizeof(Coroutine) == sizeof(autospan_v1_coroutine));

Coroutine& of(autospan_v1_coroutine* handle) { return *reinterpret_cast<Coroutine*>(handle); }

// Null also in a child of fork, whose ring holds other spans.
DetachedFrame* frame_of(const Coroutine& c) {
  DetachedFrame* f = find_detached(c.slot);
  return f && f->ids.span_id == c.span_id ? f : nullptr;
}

void run_on(Writer& w, Coroutine& c, const DetachedFrame& f) {
  if (c.thread != w.thread->uid || !names_context(c.context, c.span_id)) {
    autospan_v1_context context = {};
    ring::store_big_endian(f.ids.trace_id[0], context.trace_id);
    ring::store_big_endian(f.ids.trace_id[1], context.trace_id + 8);
    ring::store_big_endian(f.ids.span_id, context.span_id);
    context.flags = 1;
    c.context = write_context(w, context);
    c.thread = w.thread->uid;
  }
  c.uncaught = *w.uncaught;
  settle(w);
  c.scope = c.context && push_scope(w, uint64_t{c.context} << 32, c.slot) ? w.scopes : 0;
}

// Off this thread's stack. What a longjmp left there, or another thread has, is not ours to close.
void leave(Writer& w, Coroutine& c) {
  if (c.scope && c.thread == w.thread->uid) end_scope(w, c.scope);
  c.scope = 0;
}

void note_exception(Writer& w, DetachedFrame& f) {
  f.site |= ring::kDetachedError;
  tell_exception(*w.uncaught, f.site & ring::kDetachedStack,
                 [&](uint32_t key, const char* text, size_t length) { note_text(f, key, text, length); });
}

void note_cancelled(DetachedFrame& f) {
  add_field(f, {ring::kKeyCancelled, nullptr, 0}, {1, 0, AUTOSPAN_BOOL, 0, 0});
}

}  // namespace
}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED void autospan_v1_coroutine_begin(autospan_v1_coroutine* handle, autospan_v1_site* site,
                                                   const autospan_v1_slot* values,
                                                   autospan_size count) noexcept {
  *handle = {};
  if (ring::switch_is_off(get(get(g_switches)[get(site->id)]))) return;
  SlowPath slow;
  if (!slow.entered() || slow.was_busy() || !prepare(site)) return;
  Writer& w = *t_writer;
  settle(w);
  const ring::DetachedFrame* f = open_detached(w, *site, values, count);
  if (!f) return;
  Coroutine& c = of(handle);
  c.slot = slot_of(*f);
  c.span_id = f->ids.span_id;
  run_on(w, c, *f);
}

AUTOSPAN_EXPORTED void autospan_v1_coroutine_suspend(autospan_v1_coroutine* handle) noexcept {
  Coroutine& c = of(handle);
  ring::DetachedFrame* f = c.slot ? frame_of(c) : nullptr;
  if (!f) return;
  begin_idle(*f);
  SlowPath slow;
  if (slow.entered() && !slow.was_busy() && t_writer->next) leave(*t_writer, c);
}

AUTOSPAN_EXPORTED void autospan_v1_coroutine_resume(autospan_v1_coroutine* handle) noexcept {
  Coroutine& c = of(handle);
  ring::DetachedFrame* f = c.slot ? frame_of(c) : nullptr;
  if (!f || !f->suspended) return;
  end_idle(*f);
  SlowPath slow;
  if (slow.entered() && !slow.was_busy() && (t_writer->next || attach_thread())) run_on(*t_writer, c, *f);
}

AUTOSPAN_EXPORTED void autospan_v1_coroutine_end(autospan_v1_coroutine* handle) noexcept {
  Coroutine& c = of(handle);
  ring::DetachedFrame* f = c.slot ? frame_of(c) : nullptr;
  if (!f) return;
  SlowPath slow;
  if (!slow.entered() || slow.was_busy() || (!t_writer->next && !attach_thread())) return;
  Writer& w = *t_writer;
  const bool suspended = f->suspended;
  end_idle(*f);
  leave(w, c);
  if (suspended)
    note_cancelled(*f);
  else if (*w.uncaught > c.uncaught)
    note_exception(w, *f);
  close_detached(w, *f);
  *handle = {};
}
