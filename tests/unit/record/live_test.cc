// A dump of a process that works meanwhile: as of one moment, and whole.
#include <autospan/trace.h>
#include <sys/mman.h>

#include <set>
#include <thread>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan;
using namespace autospan::test;

namespace {

void nest(int depth) {
  TRACE_SPAN("level", "depth", depth, "text", "0123456789abcdef");
  if (depth > 0) {
    nest(depth - 1);
    nest(depth - 1);
  }
}

}  // namespace

TEST_CASE("dumps of a busy process: nothing torn, no span twice, every parent there") {
  auto* stop = static_cast<int*>(
      mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  RecordedChild child;
  std::thread watcher([&] {
    const auto begun = [&] {
      return !child.rings().empty() && !RecordedChild::dump_of(child.rings().at(0)).batch.empty();
    };
    while (!begun()) usleep(1000);
    std::size_t open = 0;
    for (int i = 0; i < 30; ++i) {
      const drain::ProcessDump dump = RecordedChild::dump_of(child.rings().at(0));
      CHECK(dump.damaged == 0);
      std::set<SpanId> spans;
      for (const SpanData& span : dump.batch.spans) spans.insert(span.span_id);
      for (const drain::OpenSpan& o : dump.open) spans.insert(o.span.span_id);
      CHECK(spans.size() == dump.batch.spans.size() + dump.open.size());
      open += dump.open.size();
      if (dump.lost) break;  // lapped: from here on parents may be gone
      std::size_t orphans = 0;
      for (const SpanData& span : dump.batch.spans)
        orphans += span.parent_id.valid() && !spans.count(span.parent_id);
      CHECK(orphans == 0);
    }
    CHECK(open > 0);
    __atomic_store_n(stop, 1, __ATOMIC_RELEASE);
  });
  child.run(
      [&] {
        const auto work = [&] {
          TRACE_SPAN("work");
          while (!__atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
            nest(5);
            usleep(2000);
          }
        };
        std::thread other(work);
        work();
        other.join();
        return 3;
      },
      {{"AUTOSPAN_RING_KB", "16384"}});
  watcher.join();
  munmap(stop, sizeof(int));
}
