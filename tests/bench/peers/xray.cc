// XRay: its flight data recorder, and the cheapest handler of one's own: a clock reading and a
// store an edge. argv[1]: fdr or handler.
#include <xray/xray_interface.h>
#include <xray/xray_log_interface.h>

#include <cstdio>
#include <cstring>

#include "measure.h"
#include "ring/clock.h"

namespace {

[[gnu::noinline]] void work() { asm volatile("" ::: "memory"); }

[[clang::xray_always_instrument, gnu::noinline]] void traced() { work(); }
[[clang::xray_always_instrument, clang::xray_log_args(1), gnu::noinline]] void traced_int(long n) {
  asm volatile("" ::"r"(n));
  work();
}

void span(long calls) {
  for (long i = 0; i < calls; ++i) traced();
}
void span_int(long calls) {
  for (long i = 0; i < calls; ++i) traced_int(i);
}

struct Edge {
  std::uint64_t ticks, function;
};
thread_local Edge t_ring[4096];
thread_local std::size_t t_at;

[[clang::xray_never_instrument]] void keep_edge(std::int32_t function, XRayEntryType type) {
  t_ring[t_at++ % 4096] = {autospan::ring::read_ticks(true), std::uint64_t(function) << 8 | type};
}

bool record_by_fdr() {
  // Without a threshold it keeps short functions too; nothing is written to a file.
  return __xray_log_select_mode("xray-fdr") == XRAY_REGISTRATION_OK &&
         __xray_log_init_mode("xray-fdr",
                              "no_file_flush=true:func_duration_threshold_us=0:"
                              "buffer_size=65536:buffer_max=64") == XRAY_LOG_INITIALIZED;
}

}  // namespace

int main(int argc, char** argv) {
  const bool fdr = argc > 1 && !std::strcmp(argv[1], "fdr");
  if (fdr ? !record_by_fdr() : !__xray_set_handler(keep_edge)) {
    std::puts("XRay refused its mode");
    return 1;
  }
  if (__xray_patch() != XRayPatchingStatus::SUCCESS) {
    std::puts("XRay did not patch");
    return 1;
  }
  if (fdr)
    return autospan::bench::rows_main(argc - 1, argv + 1,
                                      {{"xray_fdr", span}, {"xray_fdr_int", span_int}});
  return autospan::bench::rows_main(argc - 1, argv + 1, {{"xray_own_handler", span}});
}
