// Draining from outside, into a pipeline of the test's own.
#include "drain/outside.h"

#include <autospan/trace.h>

#include "catch.hpp"
#include "recorded_child.h"
#include "taker.h"

using namespace autospan;
using autospan::test::RecordedChild;
using autospan::test::Taker;

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

int three_spans(int status) {
  for (int i = 0; i < 3; ++i) { TRACE_SPAN("s", "i", i); }
  return status;
}

}  // namespace

TEST_CASE("a ring goes when its spans are delivered, not before") {
  const bool delivered = GENERATE(false, true);
  Job job([] { return three_spans(0); });
  Taker taker;
  {
    drain::OutsideDrain drain(kRun, taker);
    drain.finish();
    CHECK(taker.names.size() == 3);
    CHECK(job.child.rings().size() == 1);
    drain.release(delivered);
  }
  CHECK(job.child.rings().size() == (delivered ? 0 : 1));
}

TEST_CASE("the done cursors follow what was delivered") {
  const bool delivered = GENERATE(false, true);
  Job job([] { return three_spans(1); });  // kept for `dump` either way
  Taker taker;
  {
    drain::OutsideDrain drain(kRun, taker);
    drain.finish();
    drain.release(delivered);
  }
  const auto ring = job.ring();
  REQUIRE(ring);
  CHECK(Cursors(*ring).read == 3);
  CHECK(Cursors(*ring).done == (delivered ? 3 : 0));
  CHECK(ring::load(ring->header().unfinished_exported) == (delivered ? 1 : 0));
}
