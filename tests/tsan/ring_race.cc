// Eight writers, two readers and a hand at the switches, under a race detector, in one process: the
// recorder's own sources and the reader's. What is handed out is whole.
//
//   ring_race [SPANS [until-torn]]
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "autospan/abi.h"
#include "drain/ring_drain.h"
#include "record/process.h"
#include "ring/ring_reader.h"

namespace {

using namespace autospan;

constexpr int kWriters = 8;
constexpr int kSitesEach = 300;
bool g_stop;
std::uint64_t g_torn, g_seen, g_open_seen;

const autospan_v1_param kParams[] = {{"n", nullptr, 0, AUTOSPAN_U64, 0, 0},
                                     {"text", nullptr, 0, AUTOSPAN_STR, 0, 0}};
std::deque<std::string> g_names;
std::vector<autospan_v1_site> g_sites;   // of all writers

// What the cells of a span hold follows from the first one.
std::uint64_t mix(std::uint64_t n, std::uint64_t i) { return (n + i) * 0x9e3779b97f4a7c15 | 1; }

bool torn() { return __atomic_load_n(&g_torn, __ATOMIC_RELAXED) > 0; }

void write(int writer, int spans, bool until_torn) {
  autospan_v1_site* sites = &g_sites[std::size_t(writer) * kSitesEach];
  for (int i = 0; i < spans && !(until_torn && torn()); ++i) {
    const std::uint64_t n = std::uint64_t(writer) << 32 | std::uint64_t(i);
    const std::uint64_t cells[5] = {mix(n, 1), mix(n, 2), mix(n, 3), mix(n, 4), mix(n, 5)};
    const auto* text = reinterpret_cast<const char*>(cells);
    const autospan_v1_guard outer = autospan_v1_enter_ws(&sites[i / 8 % kSitesEach], n, text, 16);
    // Beyond the head, by the general path.
    autospan_v1_exit(autospan_v1_enter_ws(&sites[i % 7], n, text, i % 5 == 0 ? 40 : 16));
    autospan_v1_exit(outer);
  }
}

// Of the raw records: every copy is of one moment.
class Checker final : public ring::RecordSink {
 public:
  void take(const ring::Record& record) override {
    const std::uint64_t head = record.slots->head;
    if (ring::head_kind(head) != ring::kSlotSpan || ring::head_shape(head) != ring::kShapeWordText) return;
    ++g_seen;
    const std::uint64_t* cells = record.slots->payload;
    const std::uint64_t n = cells[0];
    for (std::uint32_t i = 1; i <= ring::head_text(head) / 8; ++i)
      if (cells[i] != mix(n, i)) {
        __atomic_fetch_add(&g_torn, 1, __ATOMIC_RELAXED);
        return;
      }
  }
};

void check(const ring::RingView& view) {
  ring::RingReader reader(view);
  Checker checker;
  while (!__atomic_load_n(&g_stop, __ATOMIC_RELAXED)) reader.read(checker, 1u << 12);
}

// All of it: names, values, open stacks, times.
void drain_all(record::Process& p) {
  drain::RingDrain ring_drain(ring::RingView::of_memory(p.base, p.map_bytes));
  while (!__atomic_load_n(&g_stop, __ATOMIC_RELAXED)) {
    ring_drain.pass([](SpanBatch&& batch) {
      for (const SpanData& span : batch.spans)
        if (span.name.substr(0, 5) != "site ") __atomic_fetch_add(&g_torn, 1, __ATOMIC_RELAXED);
    }, [] { return Room{}; });
    SpanBatch batch;
    drain::Assembler assembler(ring_drain.view());
    assembler.look();
    assembler.begin(batch);
    std::uint64_t damaged = 0;
    g_open_seen += drain::open_spans(ring_drain.view(), assembler, assembler.clock().now_ticks(), damaged).size();
  }
}

// As `autospan off` and `on` do.
void toggle(record::Process& p) {
  for (std::uint32_t i = 0; !__atomic_load_n(&g_stop, __ATOMIC_RELAXED); ++i) {
    const std::uint32_t count = __atomic_load_n(&record::header(p).site_count, __ATOMIC_ACQUIRE);
    if (count < 3) continue;
    std::uint8_t* on = p.base + ring::kSwitchesOffset + 2 + i * 7919 % (count - 2);
    __atomic_store_n(on, std::uint8_t(i % 3 == 0 ? record::kSwitchOff : record::kSwitchOn), __ATOMIC_RELAXED);
    if (i % 64 == 0) usleep(50);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int spans = argc > 1 ? std::atoi(argv[1]) : 20000;
  std::string pattern = (std::filesystem::temp_directory_path() / "autospan-race-XXXXXX").string();
  const std::string directory = mkdtemp(pattern.data());
  setenv("AUTOSPAN_RING_DIR", directory.c_str(), 1);
  setenv("AUTOSPAN_RING_KB", "32", 1);
  setenv("AUTOSPAN_EXPORT", "none", 1);
  for (int i = 0; i < kWriters * kSitesEach; ++i) {
    g_names.push_back("site " + std::to_string(i));
    g_sites.push_back({0, sizeof(autospan_v1_site), AUTOSPAN_SITE_SPAN, 0, g_names.back().c_str(),
                       g_names.back().c_str(), "ring_race.cc", nullptr, kParams, autospan_u32(i), 2, 0, {}, 0, 0});
  }
  autospan_v1_exit(autospan_v1_enter_0(&g_sites[0]));  // attached
  record::Process& p = *record::g_process;
  const auto view = ring::RingView::of_memory(p.base, p.map_bytes);
  std::vector<std::thread> others, writers;
  others.emplace_back([&] { check(*view); });
  others.emplace_back([&] { drain_all(p); });
  others.emplace_back([&] { toggle(p); });
  for (int w = 0; w < kWriters; ++w) writers.emplace_back([=] { write(w, spans, argc > 2); });
  for (std::thread& writer : writers) writer.join();
  __atomic_store_n(&g_stop, true, __ATOMIC_RELAXED);
  for (std::thread& other : others) other.join();
  std::filesystem::remove_all(directory);
  std::printf("%llu records seen, %llu open ones, %llu torn\n", static_cast<unsigned long long>(g_seen),
              static_cast<unsigned long long>(g_open_seen), static_cast<unsigned long long>(g_torn));
  return g_torn || !g_seen ? 1 : 0;
}
