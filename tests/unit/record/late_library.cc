// Opened by modules_test.cc after its first span.
#include <autospan/trace.h>

extern "C" [[gnu::visibility("default")]] void late_span() { TRACE_SPAN("late"); }
