// The bodies of the hot path's bench: an empty function that is not inlined, bare, between two
// clock reads, and with a span.
#pragma once

#include <vector>

#include "measure.h"
#include "ring/clock.h"

namespace autospan::bench {

// none; bare (a function that calls it); floor: clock, store, body, clock, store; then span,
// span_int and span_int_str16 by the C ABI, as the plugin writes its calls. With a stubbed clock
// all names begin with stub_. The only file that speaks the ABI itself.
std::vector<Case> span_cases(bool stub);
// The same spans by TRACE_SPAN, and by the plugin where there is one.
std::vector<Case> macro_cases();
std::vector<Case> plugin_cases();

// What every span is around.
[[gnu::noinline]] inline void work() { asm volatile("" ::: "memory"); }

}  // namespace autospan::bench
