// ./dev bench: one table a bench, and build/bench/NAME.json.
#include <concurrentqueue/concurrentqueue.h>
#include <fmt/format.h>
#include <limits.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "measure.h"
#include "ring/clock.h"

namespace autospan::bench {
namespace {

std::string own_directory() {
  char path[PATH_MAX];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path);
  const std::string whole(path, n > 0 ? std::size_t(n) : 0);
  return whole.substr(0, whole.rfind('/'));
}

// A peer: two 48-byte records a span into moodycamel's queue, by a producer token, drained in bulk.
struct Record {
  std::uint64_t ticks, words[5];
};
moodycamel::ConcurrentQueue<Record> g_queue;

[[gnu::noinline]] void work() { asm volatile("" ::: "memory"); }

void moodycamel_span(long calls) {
  static moodycamel::ProducerToken token(g_queue);
  for (long i = 0; i < calls; ++i) {
    g_queue.enqueue(token, Record{ring::read_ticks(true), {std::uint64_t(i)}});
    work();
    g_queue.enqueue(token, Record{ring::read_ticks(true), {std::uint64_t(i)}});
  }
}
void drain_queue() {
  static Record out[4096];
  while (g_queue.try_dequeue_bulk(out, 4096)) {
  }
}
void moodycamel_drained(long calls) {
  moodycamel_span(calls);
  drain_queue();
}

void append(std::vector<Row>& to, const std::vector<Row>& rows) {
  to.insert(to.end(), rows.begin(), rows.end());
}

// Crash tests and plain rows run without the per-site budget.
std::vector<Row> rows_of(const std::string& program, const std::string& environment) {
  return read_plain("env AUTOSPAN_SITE_BUDGET=off AUTOSPAN_EXPORT=none " + environment + " " +
                    own_directory() + "/" + program);
}

// A function with an int, instrumented and switched off.
void append_off(std::vector<Row>& to, const std::string& program, const char* from, const char* as) {
  for (Row r : rows_of(program, "AUTOSPAN=standby"))
    if (r.name == from) {
      r.name = as;
      to.push_back(r);
    }
}

int hot_path() {
  std::vector<Row> rows = rows_of("hot_path_rows", "");
  append_off(rows, "hot_path_rows", "span_int", "off");
  append(rows, rows_of("hot_path_rows_stub", ""));
  append_off(rows, "hot_path_rows_stub", "stub_span_int", "stub_off");
  rows.push_back({"degraded_16", "ns", 0, 0, 0, "sites do not degrade yet"});
  append(rows, measure({{"moodycamel", moodycamel_drained}}, 400, 2000));
  for (const char* peer : {"xray", "uftrace", "lttng_ust", "tracy"})
    rows.push_back({peer, "ns", 0, 0, 0, "not run by this bench yet"});
  print_rows(rows, "floor");
  const std::string path = own_directory() + "/hot_path.json";
  if (!write_json(path, "hot_path", rows)) return 1;
  fmt::print("\nwritten: {}\n", path);
  return rows.size() >= 10 ? 0 : 1;
}

}  // namespace
}  // namespace autospan::bench

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name != "hot_path") {
      fmt::print(stderr, "bench {}: no such bench; there is: hot_path\n", name);
      return 2;
    }
    if (const int status = autospan::bench::hot_path()) return status;
  }
  return 0;
}
