// What one site adds to a function's code: the same four functions bare, by the plugin and by
// TRACE_SPAN, told apart by the sizes of their symbols. Never run.
#include <string_view>

#if defined(SITES_MACRO)
#include "autospan/trace.h"
#else
#define TRACE_SPAN(...)
#endif

extern "C" {

void quiet(long) noexcept;
void loud(long);

// Nothing within may throw: no landing pad.
void site_int(long n) {
  TRACE_SPAN("site", "n", n);
  quiet(n);
  quiet(n + 1);
}
void site_int_str16(long n, std::string_view text) {
  TRACE_SPAN("site", "n", n, "text", text);
  quiet(n);
  quiet(long(text.size()));
}
void site_int_pad(long n) {
  TRACE_SPAN("site", "n", n);
  loud(n);
  loud(n + 1);
}
void site_int_str16_pad(long n, std::string_view text) {
  TRACE_SPAN("site", "n", n, "text", text);
  loud(n);
  loud(long(text.size()));
}
}
