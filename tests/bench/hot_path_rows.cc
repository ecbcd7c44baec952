// One process's samples of the hot path, for the bench that puts the table together. Built with the
// library as it ships, with the recorder's own sources on a stubbed clock, and each by both
// compilers.
//
//   hot_path_rows [SAMPLES [CALLS]]        samples of every case
//   hot_path_rows --count CASE CALLS       warm, then CASE inside autospan_bench_counted alone
//   hot_path_rows --step CASE CALLS        the same between two breakpoints, for a tracer
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "hot_path_cases.h"

using namespace autospan::bench;

#if defined(AUTOSPAN_BENCH_STUB)
constexpr bool kStub = true;
#else
constexpr bool kStub = false;
#endif

// callgrind counts within this function only.
extern "C" [[gnu::noinline]] void autospan_bench_counted(void (*body)(long), long calls) {
  body(calls);
  asm volatile("");
}

static std::vector<Case> all_cases() {
  std::vector<Case> cases = span_cases(kStub);
#if !defined(AUTOSPAN_BENCH_STUB)
  for (const Case& c : macro_cases()) cases.push_back(c);
#endif
#if defined(AUTOSPAN_BENCH_PLUGIN)
  for (const Case& c : plugin_cases()) cases.push_back(c);
#endif
  return cases;
}

// Calls one at a time: the clock steps by some nanoseconds, but a tail is seen that means hide.
static std::vector<Samples> single_calls(const std::vector<Case>& cases, int samples) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const std::uint64_t ticks_begin = autospan::ring::read_ticks(true);
  std::vector<Samples> taken;
  for (const Case& c : cases) {
    if (c.name != "bare" && c.name != "floor" && c.name != "span" && c.name != "span_int_str16")
      continue;
    taken.push_back({"single_" + c.name, "ns", {}, {}});
    for (int i = 0; i < samples; ++i) {
      const std::uint64_t before = autospan::ring::read_ticks(true);
      c.body(1);
      taken.back().values.push_back(double(autospan::ring::read_ticks(true) - before));
    }
  }
  const std::uint64_t ticks = autospan::ring::read_ticks(true) - ticks_begin;
  const double took = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
  for (Samples& s : taken)
    for (double& v : s.values) v *= took / double(ticks);
  return taken;
}

static void breakpoint() {
#if defined(__x86_64__)
  asm volatile("int3");
#endif
}

static int counted(const char* name, long calls, bool step) {
  for (const Case& c : all_cases()) {
    if (c.name != name) continue;
    c.body(20'000);  // more than once round the ring: no chunk is new any more
    if (step) {      // a control thread may turn the calls into nops meanwhile
      const timespec pause{0, 300'000'000};
      for (int i = 0; i < 2; ++i) {
        nanosleep(&pause, nullptr);
        c.body(100);
      }
      breakpoint();
    }
    autospan_bench_counted(c.body, calls);
    if (step) breakpoint();
    return 0;
  }
  std::fprintf(stderr, "%s: no such case\n", name);
  return 2;
}

int main(int argc, char** argv) {
  if (argc == 4 && argv[1][0] == '-')
    return counted(argv[2], std::atol(argv[3]), !std::strcmp(argv[1], "--step"));
  const std::vector<Case> cases = all_cases();
  rows_main(argc, argv, cases);
  if (!kStub) print_samples(single_calls(cases, argc > 1 ? 20 * std::atoi(argv[1]) : 2000));
}
