// Functions that are switched off: 64 that stay in the instruction cache, and 1024 that do not.
#include "many_bodies.h"
#include "measure.h"

namespace autospan::bench {
namespace {

volatile long g_kept;

template <long (*F)(long), int N>
void numbers(long calls) {
  long n = g_kept;
  for (long i = 0; i < calls; i += N) n = F(n);
  g_kept = n;
}
template <long (*F)(long, std::string_view), int N>
void texts(long calls) {
  long n = g_kept;
  for (long i = 0; i < calls; i += N) n = F(n, "0123456789abcdef");
  g_kept = n;
}

}  // namespace
}  // namespace autospan::bench

int main(int argc, char** argv) {
  using namespace autospan::bench;
  return rows_main(argc, argv,
                   {
                       {"bare_64", numbers<many_bare::call_64, 64>},
                       {"off_64", numbers<many_spans::call_64, 64>},
#if defined(MANY_XRAY)
                       {"xray_off_64", numbers<many_sleds::call_64, 64>},
#endif
                       {"bare_1024", numbers<many_bare::call_1024, 1024>},
                       {"off_1024", numbers<many_spans::call_1024, 1024>},
#if defined(MANY_XRAY)
                       {"xray_off_1024", numbers<many_sleds::call_1024, 1024>},
#endif
                       {"bare_1024_str16", texts<many_bare::call_text_1024, 1024>},
                       {"off_1024_str16", texts<many_spans::call_text_1024, 1024>},
#if defined(MANY_XRAY)
                       {"xray_off_1024_str16", texts<many_sleds::call_text_1024, 1024>},
#endif
                   });
}
