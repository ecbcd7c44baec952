// Draining from outside, into a pipeline of the test's own.
#include "drain/outside.h"

#include <autospan/trace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "catch.hpp"
#include "recorded_child.h"
#include "taker.h"

using namespace autospan;
using autospan::test::RecordedChild;
using autospan::test::Taker;

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kRun = 0x42;

// A job of that run, and this process looking where it recorded.
struct Job {
  explicit Job(const std::function<int()>& body) {
    setenv("AUTOSPAN_RING_DIR", child.directory().c_str(), 1);
    child.run(body, {{"AUTOSPAN_DRAIN", "outside"}, {"AUTOSPAN_RUN", drain::run_id_text(kRun)}});
  }
  ~Job() { unsetenv("AUTOSPAN_RING_DIR"); }
  std::unique_ptr<ring::RingView> ring() const {
    ring::OpenError error;
    std::string message;
    return ring::RingView::open(child.rings().at(0), false, error, message);
  }
  RecordedChild child;
};

// Of all threads.
struct Cursors {
  explicit Cursors(const ring::RingView& view) {
    for (const ring::ThreadInfo& thread : ring::read_threads(view)) {
      read += ring::load(view.thread(thread.chunk).read);
      done += ring::load(view.thread(thread.chunk).done);
    }
  }
  std::uint64_t read = 0, done = 0;
};

int spans(int count, int status) {
  for (int i = 0; i < count; ++i) {
    TRACE_SPAN("s", "i", i);
  }
  return status;
}

std::chrono::steady_clock::time_point soon() { return std::chrono::steady_clock::now() + 5s; }

}  // namespace

TEST_CASE("a ring goes when its spans are delivered, not before") {
  const bool delivered = GENERATE(false, true);
  Job job([] { return spans(3, 0); });
  Taker taker;
  {
    drain::OutsideDrain drain(kRun, taker);
    drain.finish(soon());
    CHECK(taker.names.size() == 3);
    CHECK(job.child.rings().size() == 1);
    drain.release(delivered);
  }
  CHECK(job.child.rings().size() == (delivered ? 0 : 1));
}

TEST_CASE("the done cursors follow what was delivered") {
  const bool delivered = GENERATE(false, true);
  Job job([] { return spans(3, 1); });  // kept for `dump` either way
  Taker taker;
  {
    drain::OutsideDrain drain(kRun, taker);
    drain.finish(soon());
    drain.release(delivered);
  }
  const auto ring = job.ring();
  REQUIRE(ring);
  CHECK(Cursors(*ring).read == 3);
  CHECK(Cursors(*ring).done == (delivered ? 3 : 0));
  CHECK(ring::load(ring->header().unfinished_exported) == (delivered ? 1 : 0));
}

TEST_CASE("a burst goes through a small queue in turns, and nothing of it is dropped") {
  Job job([] { return spans(5'000, 0); });
  Taker taker;
  taker.queue_max = 700;
  {
    drain::OutsideDrain drain(kRun, taker);
    drain.poll();
    CHECK(taker.names.size() == 700);
    drain.finish(soon());
    drain.release(true);
  }
  CHECK(taker.names.size() == 5'000);
  CHECK(taker.queued_most == 700);
  CHECK(job.child.rings().empty());
}

TEST_CASE("what finds no room stays in its ring, and nobody waits where nothing moves") {
  Job job([] { return spans(5'000, 0); });
  Taker taker;
  taker.queue_max = 700;
  taker.answers = false;
  const auto begun = std::chrono::steady_clock::now();
  {
    drain::OutsideDrain drain(kRun, taker);
    drain.finish(soon());
    drain.release(true);
  }
  CHECK(std::chrono::steady_clock::now() - begun < 4s);
  CHECK(taker.names.size() == 700);
  CHECK(job.child.rings().size() == 1);
}

TEST_CASE("records are read only while the largest of them would fit") {
  CHECK(drain::records_that_fit({10'000, 4u << 20}) == 256);
  CHECK(drain::records_that_fit({100, 32u << 20}) == 100);
  CHECK(drain::records_that_fit({10'000, 40'000}) == 2);
  CHECK(drain::records_that_fit({10'000, 16'000}) == 0);
  CHECK(drain::records_that_fit({}) == 512);
}

TEST_CASE("calls without a span are told too, and all add up") {
  // Judged over a tenth of a second; the ring holds what comes until then.
  const auto calls_for = [](std::chrono::milliseconds time) {
    std::uint64_t calls = 0;
    for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;
         calls += 20)
      spans(20, 0);
    return calls;
  };
  RecordedChild child;
  setenv("AUTOSPAN_RING_DIR", child.directory().c_str(), 1);
  int ready[2], go[2];
  REQUIRE((pipe(ready) == 0 && pipe(go) == 0));
  const pid_t pid = child.start(
      [&] {
        std::uint64_t calls = 0, others = 0;
        std::thread other([&] { others = calls_for(300ms); });
        calls = calls_for(300ms);
        other.join();
        char byte = 0;
        if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1) return 2;
        calls += others + calls_for(200ms);
        return write(ready[1], &calls, sizeof calls) == sizeof calls ? 0 : 3;
      },
      {{"AUTOSPAN_DRAIN", "outside"},
       {"AUTOSPAN_RUN", drain::run_id_text(kRun)},
       {"AUTOSPAN_SITE_BUDGET", "0.5%"},
       {"AUTOSPAN_RING_KB", "131072"},
       {"AUTOSPAN_RING_TOTAL_MB", "512"}});
  Taker taker;
  drain::OutsideDrain drain(kRun, taker);
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  drain.poll();  // in the middle of a round
  REQUIRE(write(go[1], &byte, 1) == 1);
  std::uint64_t calls = 0;
  REQUIRE(read(ready[0], &calls, sizeof calls) == sizeof calls);
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  CHECK(status == 0);
  drain.finish(soon());
  CHECK(drain.counts().lost == 0);
  CHECK(taker.counted["s"] > 0);
  CHECK(taker.stood_for["s"] + taker.counted["s"] == calls);
  unsetenv("AUTOSPAN_RING_DIR");
}

TEST_CASE("what was overwritten unread is told") {
  Job job([] { return spans(100'000, 0); });
  Taker taker;
  drain::OutsideDrain drain(kRun, taker);
  drain.finish(soon());
  CHECK(drain.counts().lost > 0);
  CHECK(taker.counted["autospan"] == drain.counts().lost);
}
