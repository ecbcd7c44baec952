// One process's rows as plain lines, for the bench that puts the table together. Built twice: with
// the library as it ships, and with the recorder's own sources on a stubbed clock.
#include "hot_path_cases.h"

int main() {
  using namespace autospan::bench;
#if defined(AUTOSPAN_BENCH_STUB)
  constexpr bool kStub = true;
#else
  constexpr bool kStub = false;
#endif
  print_plain(measure(span_cases(kStub), 400, 2000));
}
