// Run under `uftrace record`. UFTRACE_ROWS names the kind of instrumentation.
#include "measure.h"
#include "uftrace_bodies.h"

static void span(long calls) {
  for (long i = 0; i < calls; ++i) traced();
}
#if defined(UFTRACE_ARGUMENTS)
static void span_int_str(long calls) {
  for (long i = 0; i < calls; ++i) traced_int_str(i, "0123456789abcdef");
}
#endif

int main(int argc, char** argv) {
  return autospan::bench::rows_main(argc, argv,
                                    {
                                        {UFTRACE_ROWS, span},
#if defined(UFTRACE_ARGUMENTS)
                                        {UFTRACE_ROWS "_int_str16", span_int_str},
#endif
                                    });
}
