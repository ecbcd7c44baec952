// A hot site under its budget: called without a pause until the recorder has judged it, then
// measured. degrade_rows SAMPLES CALLS; what it may cost is AUTOSPAN_SITE_BUDGET's.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "autospan/trace.h"
#include "hot_path_cases.h"
#include "own_ring.h"

namespace autospan::bench {
namespace {

[[gnu::noinline]] void hot(long n) {
  TRACE_SPAN("hot", "n", n);
  work();
}
[[gnu::noinline]] void plain(long n) {
  asm volatile("" ::"r"(n));
  work();
}

void call_hot(long calls) {
  for (long i = 0; i < calls; ++i) hot(i);
}
void call_plain(long calls) {
  for (long i = 0; i < calls; ++i) plain(i);
}

long warm(std::chrono::milliseconds span) {
  long calls = 0;
  for (const auto begin = std::chrono::steady_clock::now();
       std::chrono::steady_clock::now() - begin < span; calls += 10'000)
    call_hot(10'000);
  return calls;
}

}  // namespace
}  // namespace autospan::bench

int main(int argc, char** argv) {
  using namespace autospan::bench;
  const int samples = argc > 1 ? std::atoi(argv[1]) : 200;
  const long calls = argc > 2 ? std::atol(argv[2]) : 20'000;
  call_hot(1);  // attaches
  CommittedRecords records;
  const long first_calls = warm(std::chrono::milliseconds(1500));
  const std::uint64_t first_records = records.take();
  std::vector<Samples> out = sample({{"degraded", call_hot}}, samples, calls);
  // As many calls as sample() made: one more to warm up.
  const double made = double(calls) * (samples + 1), kept = double(records.take());
  const char* budget = std::getenv("AUTOSPAN_SITE_BUDGET");
  fmt::print(stderr, "# budget {}: {} of {} calls recorded while it was judged, then {} of {}\n",
             budget ? budget : "as it ships", first_records, first_calls, kept, made);
  if (made / kept < 1.5)
    out = {skip("degraded", fmt::format("the site did not degrade: {:.0f} of {:.0f} calls recorded",
                                        kept, made))};
  out.push_back(one("degraded_calls_a_record", "calls", made / (kept > 0 ? kept : 1)));
  for (Samples& s : sample({{"bare", call_plain}}, samples, calls)) out.push_back(std::move(s));
  print_samples(out);
}
