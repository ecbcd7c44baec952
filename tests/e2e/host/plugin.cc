// An instrumented library: a constructor that records, and a function that does.
#include <autospan/trace.h>

static int g_loaded = [] {
  TRACE_SPAN("plugin constructor");
  return 1;
}();

extern "C" int plugin_work(int n) {
  TRACE_SPAN("plugin_work", "n", n, "text", "of the plugin");
  TRACE_FIELD("plugin.field", n * 2);
  TRACE_EVENT("plugin event", "n", n);
  return n + g_loaded;
}
