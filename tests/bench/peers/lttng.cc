// LTTng-UST: two tracepoints a span. Run by lttng.sh under a session of its own.
#include "measure.h"
#include "peers/lttng_tracepoints.h"

namespace {

[[gnu::noinline]] void work() { asm volatile("" ::: "memory"); }

[[gnu::noinline]] void traced() {
  lttng_ust_tracepoint(autospan_bench, enter);
  work();
  lttng_ust_tracepoint(autospan_bench, exit);
}
[[gnu::noinline]] void traced_int(long n) {
  lttng_ust_tracepoint(autospan_bench, enter_int, n);
  work();
  lttng_ust_tracepoint(autospan_bench, exit);
}
[[gnu::noinline]] void traced_int_str(long n, const char* text) {
  lttng_ust_tracepoint(autospan_bench, enter_int_str, n, text);
  work();
  lttng_ust_tracepoint(autospan_bench, exit);
}

void span(long calls) {
  for (long i = 0; i < calls; ++i) traced();
}
void span_int(long calls) {
  for (long i = 0; i < calls; ++i) traced_int(i);
}
void span_int_str(long calls) {
  for (long i = 0; i < calls; ++i) traced_int_str(i, "0123456789abcdef");
}

}  // namespace

int main(int argc, char** argv) {
  return autospan::bench::rows_main(
      argc, argv,
      {{"lttng_ust", span}, {"lttng_ust_int", span_int}, {"lttng_ust_int_str16", span_int_str}});
}
