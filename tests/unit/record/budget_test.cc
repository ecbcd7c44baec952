// A site above its share of a thread's time: fewer spans, exact counts, and back again.
#include <autospan/trace.h>
#include <time.h>

#include <atomic>
#include <thread>

#include "catch.hpp"
#include "recorded_child.h"

namespace {

using namespace autospan;
using autospan::test::RecordedChild;

double seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

// A little work, so that the ring takes everything until the site degrades.
[[gnu::noinline]] void hot(int i) {
  TRACE_SPAN("hot", "i", i);
  for (int k = 0; k < 150; ++k) asm volatile("" ::: "memory");
}

// Calls for so long; how many they were.
std::uint64_t run_hot(double for_seconds) {
  std::uint64_t calls = 0;
  for (const double until = seconds() + for_seconds; seconds() < until;)
    for (int i = 0; i < 100; ++i, ++calls) hot(i);
  return calls;
}

void store_calls(const std::string& path, std::uint64_t calls) {
  if (std::FILE* f = std::fopen(path.c_str(), "w")) {
    std::fprintf(f, "%llu", static_cast<unsigned long long>(calls));
    std::fclose(f);
  }
}
std::uint64_t stored_calls(const std::string& path) {
  unsigned long long calls = 0;
  if (std::FILE* f = std::fopen(path.c_str(), "r")) {
    if (std::fscanf(f, "%llu", &calls) != 1) calls = 0;
    std::fclose(f);
  }
  return calls;
}

struct Sum {
  std::uint64_t spans = 0, stood_for = 0, counted = 0;
  std::uint32_t rate_max = 0, last_rate = 0;
};
Sum sum_of(const drain::ProcessDump& dump) {
  Sum sum;
  std::int64_t last = 0;
  for (const SpanData& span : dump.batch.spans) {
    if (span.name != "hot") continue;
    ++sum.spans;
    sum.stood_for += span.samplerate;
    sum.rate_max = std::max(sum.rate_max, span.samplerate);
    if (span.start_unix_ns < last) continue;
    last = span.start_unix_ns;
    sum.last_rate = span.samplerate;
  }
  for (const drain::CountedCalls& c : dump.counted)
    if (c.name == "hot") sum.counted += c.calls;
  return sum;
}

const test::Environment kRoomy = {{"AUTOSPAN_RING_KB", "262144"}, {"AUTOSPAN_RING_TOTAL_MB", "512"}};

}  // namespace

TEST_CASE("a site over its budget degrades, its counts stay exact, and it recovers") {
  RecordedChild child;
  const std::string path = child.directory() + "/calls";
  child.run(
      [&] {
        std::uint64_t calls = run_hot(0.7);
        // At rest: one call a millisecond is well within 2 %.
        for (int i = 0; i < 1500; ++i, ++calls) {
          hot(i);
          usleep(500);
        }
        store_calls(path, calls);
        return 1;
      },
      kRoomy);
  const auto dump = child.dump();
  REQUIRE(dump.lost == 0);
  const Sum sum = sum_of(dump);
  CHECK(sum.rate_max > 1);
  CHECK(sum.last_rate == 1);
  CHECK(sum.spans < stored_calls(path) * 3 / 4);
  CHECK(sum.stood_for + sum.counted == stored_calls(path));
}

TEST_CASE("counts are exact across threads, those that are gone too, and when the process is killed") {
  RecordedChild child;
  const std::string path = child.directory() + "/calls";
  const int status = child.run(
      [&] {
        std::atomic<std::uint64_t> calls{0};
        auto all = [&] {
          std::vector<std::thread> threads;
          for (int t = 0; t < 3; ++t) threads.emplace_back([&] { calls += run_hot(0.5); });
          for (std::thread& t : threads) t.join();
        };
        all();
        all();
        calls += run_hot(0.3);
        store_calls(path, calls);
        kill(getpid(), SIGKILL);
        return 1;
      },
      kRoomy);
  REQUIRE(WIFSIGNALED(status));
  const auto dump = child.dump();
  REQUIRE(dump.lost == 0);
  const Sum sum = sum_of(dump);
  CHECK(sum.rate_max > 1);
  CHECK(sum.stood_for + sum.counted == stored_calls(path));
}

TEST_CASE("off lifts the budget, a tiny one comes to counting alone, nonsense is named") {
  const auto [budget, degrades] =
      GENERATE(table<std::string, bool>({{"off", false}, {"0.001%", true}, {"plenty", true}}));
  INFO(budget);
  RecordedChild child;
  const std::string path = child.directory() + "/calls";
  auto environment = kRoomy;
  environment["AUTOSPAN_SITE_BUDGET"] = budget;
  child.run([&] { return store_calls(path, run_hot(0.4)), 1; }, environment);
  const auto dump = child.dump();
  REQUIRE(dump.lost == 0);
  const Sum sum = sum_of(dump);
  CHECK((sum.rate_max > 1 || sum.counted > 0) == degrades);
  CHECK(sum.stood_for + sum.counted == stored_calls(path));
  if (budget == "0.001%") CHECK(dump.counted[0].state == ring::kCounterOnly);
  CHECK((child.stderr_text().find("AUTOSPAN_SITE_BUDGET=plenty: expected a share") !=
         std::string::npos) == (budget == "plenty"));
}

TEST_CASE("arguments of a call that is only counted are not evaluated") {
  RecordedChild child;
  const std::string path = child.directory() + "/calls";
  auto environment = kRoomy;
  environment["AUTOSPAN_SITE_BUDGET"] = "0.1%";
  child.run(
      [&] {
        std::uint64_t evaluated = 0;
        for (const double until = seconds() + 0.5; seconds() < until;)
          for (int i = 0; i < 100; ++i) {
            TRACE_SPAN("hot", "n", ++evaluated);
          }
        store_calls(path, evaluated);
        return 1;
      },
      environment);
  const Sum sum = sum_of(child.dump());
  CHECK(sum.counted > 0);
  CHECK(stored_calls(path) == sum.spans + child.dump().lost);
}
