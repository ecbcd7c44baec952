// What a thread pays to take part, and what spans cost where many threads record at once.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "autospan/trace.h"
#include "hot_path_cases.h"

namespace autospan::bench {
namespace {

[[gnu::noinline]] void traced(long n) {
  TRACE_SPAN("traced", "n", n);
  work();
}

void plain_thread(long threads) {
  for (long i = 0; i < threads; ++i) std::thread([] { work(); }).join();
}
// Attaches at its first span, detaches at its end.
void recording_thread(long threads) {
  for (long i = 0; i < threads; ++i) std::thread([] { traced(1); }).join();
}

double thread_cpu_ns() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

// Every thread the same number of spans; its own processor time a span, and spans a second in all.
void record_together(int threads, std::vector<Samples>& out) {
  const long spans = 2'000'000 / threads;
  std::vector<double> each(static_cast<std::size_t>(threads));
  std::atomic<bool> go{false};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      traced(0);
      while (!go) std::this_thread::yield();
      const double begin = thread_cpu_ns();
      for (long i = 0; i < spans; ++i) traced(i);
      each[std::size_t(t)] = (thread_cpu_ns() - begin) / double(spans);
    });
  const auto begin = std::chrono::steady_clock::now();
  go = true;
  for (std::thread& t : running) t.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  out.push_back({fmt::format("span_{}_threads", threads), "ns", std::move(each), {}});
  out.push_back(one(fmt::format("rate_{}_threads", threads), "spans/s",
                    double(spans) * threads / took.count()));
}

}  // namespace
}  // namespace autospan::bench

int main(int argc, char** argv) {
  using namespace autospan::bench;
  const int samples = argc > 1 ? std::atoi(argv[1]) : 20;
  traced(0);
  std::vector<Samples> lives =
      sample({{"plain_thread", plain_thread}, {"recording_thread", recording_thread}}, samples, 50);
  for (Samples& s : lives) s.unit = "ns/thread";
  print_samples(lives);
  for (int threads = 1; threads <= 64; threads *= 2) {
    std::vector<Samples> out;
    record_together(threads, out);
    print_samples(out);
  }
}
