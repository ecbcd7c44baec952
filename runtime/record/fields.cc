// What lands on the innermost open span: fields, events, links, errors. A field goes into the span's
// frame while there is room; what is too long becomes a field record, written at once.
#include "record/fields.h"

#include <string.h>

#include "record/cells.h"
#include "record/detached.h"
#include "record/narrow.h"
#include "record/process.h"
#include "record/records.h"
#include "record/stacktrace.h"

namespace autospan::record {

using ring::Slot;

bool grow_frame(Writer& w, Slot& f, uint32_t cells) {
  need_extra(f);
  ring::Extra extra = extra_of(f);
  const uint32_t has = ring::head_continuation(f.head);
  const uint32_t needs = continuation_for(extra.cells + cells);
  if (extra.cells + cells > kFrameCellsMax || w.spill + (needs - has) > w.spill_end) return false;
  if (needs == has) return true;
  if (!extra.spill) {
    extra.spill = slot_number(w, w.spill);
    set_extra(f, extra);
  }
  w.spill += needs - has;
  put(f.head, f.head + (uint64_t{needs - has} << ring::kHeadContinuationShift));
  return true;
}

void add_field(Writer& w, Slot& f, const Key& key, const autospan_v1_slot& v) {
  const uint32_t value_cells = tagged_cells(v, ring::kInlineValueMax);
  if (!value_cells || !is_shown(key.id, v.type)) return;
  const bool fits = !is_text(v.type) || v.length <= ring::kInlineValueMax;
  if (!fits || !grow_frame(w, f, value_cells + key.cells())) {
    if (!record_field(w, owner_of(w, f), key, v)) add(w.thread->dropped_values, uint64_t{1});
    return;
  }
  ring::Extra extra = extra_of(f);
  Cells to(f, slot_at(w, extra.spill), extra.cells);
  const uint64_t tag = tag_of(v, key.id, ring::kInlineValueMax);
  to.word(tag);
  if (key.id == ring::kKeyInline) to.word(key.length), to.bytes(key.text, key.length);
  store_data(to, v, tag);
  extra.cells = uint16_t(to.at());
  signal_fence();
  set_extra(f, extra);  // a reader of a dead process sees the field whole, or not at all
}

void note_text(Writer& w, Slot& f, uint32_t key, const char* text, size_t length) {
  if (length > ring::kValueBytesMax) length = clamp_text(text, length, ring::kValueBytesMax);
  add_field(w, f, {key, nullptr, 0},
            {reinterpret_cast<uintptr_t>(text), uint32_t(length), AUTOSPAN_STR, 0, 0});
}

// --- the entries --------------------------------------------------------------------------------

// The writer with its innermost span: a frame, or a coroutine's detached one. False where none is open.
class OnTop {
 public:
  OnTop() : w_(*t_writer) {
    if (!w_.next || !slow_.entered() || slow_.was_busy()) return;
    settle(w_);
    Slot* top = innermost(w_);
    if (top && ring::head_kind(top->head) == ring::kSlotScope)
      detached_ = find_detached(reinterpret_cast<ring::ScopeFrame*>(top)->detached);
    else
      frame_ = top;
    if (!*this) add(w_.thread->orphan_fields, uint64_t{1});
  }
  OnTop(const OnTop&) = delete;
  OnTop& operator=(const OnTop&) = delete;
  explicit operator bool() const { return frame_ || detached_; }
  Writer& writer() const { return w_; }
  // A detached span is named by the context that its children have.
  Owner owner() const {
    return frame_ ? owner_of(w_, *frame_) : Owner{0, ring::make_word(0, ring::high_half(w_.root_context)), 0};
  }
  void dropped() const { add(w_.thread->dropped_values, uint64_t{1}); }
  void field(const Key& key, const autospan_v1_slot& v) const {
    if (frame_) return add_field(w_, *frame_, key, v);
    if (!add_field(*detached_, key, v)) dropped();
  }
  void text(uint32_t key, const char* text, size_t length) const {
    if (frame_) return note_text(w_, *frame_, key, text, length);
    note_text(*detached_, key, text, length);
  }
  void error() const {
    if (frame_) return put(frame_->head, frame_->head | ring::kHeadError);
    put(detached_->site, detached_->site | ring::kDetachedError);
  }

 private:
  SlowPath slow_;
  Writer& w_;
  Slot* frame_ = nullptr;
  ring::DetachedFrame* detached_ = nullptr;
};

static bool registered(autospan_v1_site* site) {
  if (__atomic_load_n(&site->id, __ATOMIC_ACQUIRE) == 0) {
    Locked locked(*g_process);
    register_site(*g_process, site);
  }
  return get(site->id) != ring::kRefusedSite;
}

}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED int autospan_v1_recording(void) noexcept {
  Writer& w = *t_writer;
  if (!w.next) return 0;
  if (ring::head_kind(w.next[-1].head) == ring::kSlotSpan) return 1;
  SlowPath slow;
  if (!slow.entered() || slow.was_busy()) return 0;
  settle(w);
  return innermost(w) != nullptr;
}

AUTOSPAN_EXPORTED void autospan_v1_field(autospan_v1_site* site,
                                         const autospan_v1_slot* value) noexcept {
  OnTop on;
  if (on && registered(site)) on.field({get(site->id), nullptr, 0}, *value);
}

AUTOSPAN_EXPORTED void autospan_v1_field_key(const char* key, autospan_size length,
                                             const autospan_v1_slot* value) noexcept {
  OnTop on;
  if (!on || !length) return;
  const uint32_t kept = clamp_text(key, length, ring::kStringBytesMax);
  on.field({ring::kKeyInline, key, kept}, *value);
}

AUTOSPAN_EXPORTED void autospan_v1_event(autospan_v1_site* site, const autospan_v1_slot* values,
                                         autospan_size count) noexcept {
  OnTop on;
  if (on && registered(site) && !record_event(on.writer(), on.owner(), *site, values, count))
    on.dropped();
}

AUTOSPAN_EXPORTED void autospan_v1_link(const autospan_v1_context* to) noexcept {
  OnTop on;
  if (on && !record_link(on.writer(), on.owner(), *to)) on.dropped();
}

AUTOSPAN_EXPORTED void autospan_v1_stack() noexcept {
  OnTop on;
  if (!on) return;
  Stack stack;
  walk_stack(stack, __builtin_return_address(0));
  if (!stack.count) return;
  note_modules_of(stack);
  on.text(ring::kKeyStack, reinterpret_cast<const char*>(stack.addresses), stack.count * 8);
}

AUTOSPAN_EXPORTED void autospan_v1_error(const char* message, autospan_size message_length,
                                         const char* type, autospan_size type_length) noexcept {
  OnTop on;
  if (!on) return;
  on.error();
  if (type_length) on.text(ring::kKeyExceptionType, type, type_length);
  on.text(ring::kKeyExceptionMessage, message, message_length);
}
