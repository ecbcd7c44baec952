// Long fields come in parts before their span does, and some spans never come.
#include <autospan/trace.h>
#include <sys/mman.h>

#include <thread>

#include "catch.hpp"
#include "drain/ring_drain.h"
#include "recorded_child.h"

using namespace autospan;
using namespace std::chrono_literals;
using autospan::test::RecordedChild;

namespace {

// Two processes by turns: each waits for the other's number.
struct Turns {
  std::uint32_t* number = static_cast<std::uint32_t*>(mmap(
      nullptr, sizeof(std::uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ~Turns() { munmap(number, sizeof *number); }
  void set(std::uint32_t to) { __atomic_store_n(number, to, __ATOMIC_RELEASE); }
  void wait(std::uint32_t for_it) {
    for (int i = 0; __atomic_load_n(number, __ATOMIC_ACQUIRE) < for_it && i < 5'000; ++i)
      std::this_thread::sleep_for(1ms);
  }
};

const std::string kLong(20'000, 'x');

std::vector<std::string> all_names(drain::RingDrain& drain, SpanBatch* last_batch = nullptr) {
  std::vector<std::string> names;
  drain.pass(
      [&](SpanBatch&& batch) {
        for (const SpanData& span : batch.spans) names.emplace_back(span.name);
        if (last_batch) *last_batch = std::move(batch);
      },
      [] { return Room(); });
  return names;
}

std::unique_ptr<ring::RingView> open_ring(const RecordedChild& child) {
  ring::OpenError error;
  std::string message;
  return ring::RingView::open(child.rings().at(0), false, error, message);
}

}  // namespace

TEST_CASE("the long field of a span that was overwritten unread is given up and counted") {
  RecordedChild child;
  Turns turns;
  std::thread reader([&] {
    turns.wait(1);
    drain::RingDrain drain(open_ring(child));
    CHECK(all_names(drain).empty());
    all_names(drain);
    CHECK(drain.assembled().fields_pending_dropped == 0);  // its span is open: it may still come
    turns.set(2);
    turns.wait(3);
    const auto names = all_names(drain);
    CHECK(std::count(names.begin(), names.end(), "lost") == 0);
    CHECK(drain.counts().lost > 0);
    CHECK(drain.assembled().fields_pending_dropped == 1);
    turns.set(4);
  });
  child.run(
      [&] {
        {
          TRACE_SPAN("lost");
          TRACE_FIELD("body", kLong);
          turns.set(1);
          turns.wait(2);
        }
        for (int i = 0; i < 20'000; ++i) {
          TRACE_SPAN("next");
        }
        turns.set(3);
        turns.wait(4);
        return 0;
      },
      {{"AUTOSPAN_RING_KB", "128"}});
  reader.join();
}

TEST_CASE("the long field of a span that comes later is there, however many passes later") {
  RecordedChild child;
  Turns turns;
  std::thread reader([&] {
    turns.wait(1);
    drain::RingDrain drain(open_ring(child));
    all_names(drain);
    all_names(drain);
    turns.set(2);
    turns.wait(3);
    SpanBatch batch;
    CHECK(all_names(drain, &batch) == std::vector<std::string>{"kept"});
    REQUIRE(batch.fields.size() == 1);
    CHECK(batch.fields[0].value.text == kLong);
    CHECK(drain.assembled().fields_pending_dropped == 0);
    turns.set(4);
  });
  child.run([&] {
    {
      TRACE_SPAN("kept");
      TRACE_FIELD("body", kLong);
      turns.set(1);
      turns.wait(2);
    }
    turns.set(3);
    turns.wait(4);
    return 0;
  });
  reader.join();
}

TEST_CASE("a dump tells of long fields that found no room") {
  RecordedChild child;
  child.run(
      [] {
        const std::string longest(65'000, 'x');
        TRACE_SPAN("many");
        for (int i = 0; i < 150; ++i) TRACE_FIELD("body", longest);  // past 8 MiB
        raise(SIGKILL);
        return 0;
      },
      {{"AUTOSPAN_RING_KB", "16384"}});
  const auto dump = child.dump();
  CHECK(std::count_if(dump.loss.begin(), dump.loss.end(), [](const std::string& sentence) {
          return sentence.find(" fields_pending_dropped: ") != std::string::npos;
        }) == 1);
}
