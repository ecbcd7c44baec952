// Which functions are on: the rules of a ring's control page, applied to its sites. Shared by the
// recorder, which asks for each new site, and by the command, which changes them from outside. Libc
// only; what the page says is not trusted.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ring/format.h"

namespace autospan::ring {

int64_t realtime_ns();

inline bool rule_holds(const SwitchGlob& rule, uint32_t on, int64_t now_ns) {
  const int64_t deadline = __atomic_load_n(&rule.deadline_realtime_ns, __ATOMIC_RELAXED);
  return on != 0 && (deadline == 0 || now_ns < deadline);
}

// Of the rules that take the name and hold now the youngest says; else the default.
bool switched_on(const ControlPage& page, const char* name, size_t length, int64_t now_ns);

// Of those that hold now; 0 = none.
int64_t earliest_deadline(const ControlPage& page, int64_t now_ns);

// Makes the byte of each span site say what the rules say now; `off` is what off is written as. Bytes
// that are on in whatever way stay as they are where the rules agree. Once more where the rules
// changed meanwhile.
struct SwitchVisitor {
  // Of each span site, after its byte was seen to; null = nobody is told.
  void (*visit)(void* context, const char* name, size_t length, bool on, bool changed);
  void* context;
};
void apply_rules(uint8_t* base, uint64_t bytes, Switch off, const SwitchVisitor& visitor);

}  // namespace autospan::ring
