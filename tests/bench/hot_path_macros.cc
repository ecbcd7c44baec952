#include <string_view>

#include "autospan/trace.h"
#include "hot_path_cases.h"

namespace autospan::bench {
namespace {

[[gnu::noinline]] void traced() {
  TRACE_SPAN("macro_span");
  work();
}
[[gnu::noinline]] void traced_int(long i) {
  TRACE_SPAN("macro_span_int", "n", i);
  work();
}
[[gnu::noinline]] void traced_int_str(long i, std::string_view text) {
  TRACE_SPAN("macro_span_int_str16", "n", i, "text", text);
  work();
}

void macro_span(long calls) {
  for (long i = 0; i < calls; ++i) traced();
}
void macro_span_int(long calls) {
  for (long i = 0; i < calls; ++i) traced_int(i);
}
void macro_span_int_str(long calls) {
  for (long i = 0; i < calls; ++i) traced_int_str(i, {"0123456789abcdef", 16});
}

}  // namespace

std::vector<Case> macro_cases() {
  return {{"macro_span", macro_span},
          {"macro_span_int", macro_span_int},
          {"macro_span_int_str16", macro_span_int_str}};
}

}  // namespace autospan::bench
