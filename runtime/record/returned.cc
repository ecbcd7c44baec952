// What a function returns, told between its last statement and its span's end.
#include "record/fields.h"
#include "record/process.h"
#include "record/records.h"

namespace autospan::record {

namespace {

// The guard's frame: the innermost, unless the function's own spans by macro are open still. Null = none of
// this thread's, or another handler's turn.
class OfGuard {
 public:
  explicit OfGuard(autospan_v1_guard guard) : w_(*t_writer) {
    if (!(guard >> 32) || !w_.next || !slow_.entered() || slow_.was_busy()) return;
    settle(w_);
    frame_ = frame_of(w_, guard);
  }
  explicit operator bool() const { return frame_ != nullptr; }
  Writer& writer() const { return w_; }
  ring::Slot& frame() const { return *frame_; }

 private:
  SlowPath slow_;
  Writer& w_;
  ring::Slot* frame_ = nullptr;
};

}  // namespace
}  // namespace autospan::record

using namespace autospan::record;

#define AUTOSPAN_EXPORTED extern "C" __attribute__((visibility("default")))

AUTOSPAN_EXPORTED void autospan_v1_set(autospan_v1_guard guard, autospan_u32 param,
                                       const autospan_v1_slot* value) noexcept {
  const OfGuard of(guard);
  if (of && param < ~autospan::ring::kKeyParam)
    add_field(of.writer(), of.frame(), {autospan::ring::kKeyParam + param, nullptr, 0}, *value);
}

AUTOSPAN_EXPORTED void autospan_v1_fail(autospan_v1_guard guard, const char* message,
                                        autospan_size length) noexcept {
  const OfGuard of(guard);
  if (!of) return;
  put(of.frame().head, of.frame().head | autospan::ring::kHeadError);
  if (length) note_text(of.writer(), of.frame(), autospan::ring::kKeyErrorMessage, message, length);
}
