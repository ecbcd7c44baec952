// From a ring to the bytes of Honeycomb's batches, by one thread: reader, assembler, JSON, as the
// drain thread does it. The spans were written by the same thread a moment ago, or by another core.
#include <fmt/format.h>
#include <sched.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "drain/ring_drain.h"
#include "drain_job.h"
#include "measure.h"
#include "own_ring.h"
#include "wire/child_memory.h"
#include "wire/event_json.h"
#include "wire/honeycomb_json.h"

namespace autospan::bench {
namespace {

using bench_job::kSpansOfRequest;
using bench_job::record_requests;

constexpr long kSpans = 4000;  // two slots each: half a ring of 1 MiB

bool stay_on(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  return sched_setaffinity(0, sizeof one, &one) == 0;
}

// Fills this process's ring from a thread of the other core.
class OtherCore {
 public:
  OtherCore() : thread_([this] { run(); }) {}
  ~OtherCore() {
    ask(0);
    thread_.join();
  }
  void ask(long spans) {
    std::unique_lock lock(mutex_);
    asked_ = spans;
    working_ = true;
    changed_.notify_all();
    if (spans) changed_.wait(lock, [this] { return !working_; });
  }

 private:
  void run() {
    stay_on(1);
    for (std::unique_lock lock(mutex_);;) {
      changed_.wait(lock, [this] { return working_; });
      if (!asked_) return;
      record_requests(asked_);
      working_ = false;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  long asked_ = 0;
  bool working_ = false;
  std::thread thread_;
};

// A batch of Honeycomb's as the export's lane puts it together.
class Encoder {
 public:
  void add(const SpanBatch& batch) {
    if (!json_ || resource_ != batch.resource) {
      resource_ = batch.resource;
      json_ = std::make_unique<wire::EventJson>(*resource_);
    }
    for (const SpanData& span : batch.spans) {
      if (&span != &batch.spans.back()) children_.expect((&span + 1)->span_id);
      const bool had_children = children_.had_children(span.span_id);
      children_.note(span);
      if (body_.size() > 256u << 10) hand_over();
      if (!body_.empty()) body_.push(',');
      event_ = body_.size();
      wire::HoneycombEntry::open(body_);
      json_->append_span(body_, batch, span, wire::span_place(span, had_children));
      entry_.close(body_, span.start_unix_ns, span.samplerate);
    }
    spans_ += batch.spans.size();
  }
  void hand_over() {
    bytes_ += body_.size();
    body_.clear();
  }
  std::uint64_t spans() const { return spans_; }
  double bytes_a_span() const { return double(bytes_) / double(spans_); }
  std::string last_event() const { return std::string(body_.view().substr(event_)); }

 private:
  std::shared_ptr<const Resource> resource_;
  std::unique_ptr<wire::EventJson> json_;
  wire::ChildMemory children_;
  wire::HoneycombEntry entry_;
  wire::ByteBuffer body_;
  std::size_t event_ = 0;  // where the last one begins in body_
  std::uint64_t spans_ = 0, bytes_ = 0;
};

struct Bench {
  explicit Bench(std::unique_ptr<ring::RingView> view) : drain(std::move(view)) {}
  drain::RingDrain drain;
  Encoder encoder;
  std::vector<SpanBatch> batches;
};

double ns_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

Room endless() { return {}; }

// One sample of the whole way, or of its halves.
double whole(Bench& b) {
  const auto begin = std::chrono::steady_clock::now();
  b.drain.pass([&](SpanBatch&& batch) { b.encoder.add(batch); }, endless);
  return ns_since(begin) / double(kSpans);
}
void halves(Bench& b, double& read, double& encode) {
  b.batches.clear();
  const auto begin = std::chrono::steady_clock::now();
  b.drain.pass([&](SpanBatch&& batch) { b.batches.push_back(std::move(batch)); }, endless);
  read = ns_since(begin) / double(kSpans);
  const auto between = std::chrono::steady_clock::now();
  for (const SpanBatch& batch : b.batches) b.encoder.add(batch);
  encode = ns_since(between) / double(kSpans);
}

std::vector<Samples> rates_of(const std::vector<Samples>& times) {
  std::vector<Samples> rates;
  for (const Samples& s : times) {
    rates.push_back({s.name + "_rate", "events/s", {}, {}});
    for (double ns : s.values) rates.back().values.push_back(1e9 / ns);
  }
  return rates;
}

}  // namespace
}  // namespace autospan::bench

// drain_rows [SAMPLES]; --warm-only leaves the other core out, for a profiler.
int main(int argc, char** argv) {
  using namespace autospan::bench;
  const int samples = argc > 1 ? std::atoi(argv[1]) : 100;
  const bool other = argc < 3 && std::thread::hardware_concurrency() > 1 && stay_on(0);
  record_requests(kSpansOfRequest);
  auto view = own_ring();
  if (!view) {
    std::puts("this process writes no ring file; AUTOSPAN_RING_DIR names no directory of ours");
    return 1;
  }
  Bench bench(std::move(view));
  Samples warm{"drain_warm", "ns", {}, {}}, far{"drain_other_core", "ns", {}, {}},
      read{"drain_warm_read", "ns", {}, {}}, json{"drain_warm_json", "ns", {}, {}};
  const auto fill = [&] { record_requests(kSpans); };
  std::unique_ptr<OtherCore> core;
  if (other) core = std::make_unique<OtherCore>();
  bench.drain.pass([](autospan::SpanBatch&&) {}, endless);
  for (int s = 0; s < samples; ++s) {
    fill();
    warm.values.push_back(whole(bench));
    if (core) {
      core->ask(kSpans);
      far.values.push_back(whole(bench));
    }
    fill();
    double r, e;
    halves(bench, r, e);
    read.values.push_back(r);
    json.values.push_back(e);
  }
  const std::string event = bench.encoder.last_event();
  bench.encoder.hand_over();
  const std::uint64_t wanted = std::uint64_t(kSpans) * std::uint64_t(samples) * (core ? 3 : 2);
  if (bench.encoder.spans() != wanted || bench.drain.counts().lost) {
    fmt::print("{} of {} spans were drained, {} lost\n", bench.encoder.spans(), wanted,
               bench.drain.counts().lost);
    return 1;
  }
  if (!core) far.skipped = "one core only";
  std::vector<Samples> out{warm, far, read, json};
  for (Samples& s : rates_of(core ? std::vector<Samples>{warm, far} : std::vector<Samples>{warm}))
    out.push_back(std::move(s));
  out.push_back(one("event_bytes", "bytes", bench.encoder.bytes_a_span()));
  print_samples(out);
  fmt::print(stderr, "# an event: {}\n", event);
}
