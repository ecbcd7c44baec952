// Opened by crashing_job after its first span.
#include "autospan/trace.h"

extern "C" {
// Never traced: only the signal handler meets this library.
[[gnu::visibility("default"), gnu::noinline]] void late_crash() {
  *reinterpret_cast<volatile int*>(0x20) = 1;
}
[[gnu::visibility("default")]] void late_span() { TRACE_SPAN("in late library"); }
}
