// Trace context across threads and processes.
//
//   const autospan::Context here = autospan::current_context();
//   std::thread([here] { autospan::ContextScope scope(here); Work(); });   // Work's spans: children
//
// Plain values: copy and send them as you like.
#pragma once

#include "autospan/abi.h"

namespace autospan {

struct Context {
  autospan_v1_context raw{};
  // True where both ids are set.
  bool valid() const {
    bool trace = false, span = false;
    for (autospan_u8 b : raw.trace_id) trace = trace || b != 0;
    for (autospan_u8 b : raw.span_id) span = span || b != 0;
    return trace && span;
  }
};

#if defined(AUTOSPAN_OFF)

inline Context current_context() { return {}; }
class ContextScope {
 public:
  explicit ContextScope(const Context&) {}
  ~ContextScope() {}
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;
};
inline bool flush(unsigned) { return true; }

#else

// Of the innermost open span of this thread, or of the attached scope; invalid where there is none.
inline Context current_context() {
  Context context;
  if (!autospan_v1_current_context(&context.raw)) context.raw = {};
  return context;
}

// Until it ends, spans that this thread opens right below are children of `context`. Ends on the
// thread that began it; scopes nest. An invalid context changes nothing.
class ContextScope {
 public:
  explicit ContextScope(const Context& context) {
    if (context.valid()) autospan_v1_scope_begin(&scope_, &context.raw);
  }
  ~ContextScope() { autospan_v1_scope_end(&scope_); }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  autospan_v1_scope scope_{};
};

// Delivers what was recorded so far, waiting at most timeout_ms. True = delivered, or nothing exports.
inline bool flush(unsigned timeout_ms) { return autospan_v1_flush(timeout_ms) != 0; }

#endif
}  // namespace autospan
