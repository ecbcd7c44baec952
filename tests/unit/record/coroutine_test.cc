// Coroutines as the plugin tells the recorder of them: what lands where, on which thread, and what is left
// of one that never ended.
#include <autospan/trace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

namespace {

int leave_ring() { return 1; }  // a non-zero status keeps the ring

const autospan_v1_param kParams[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0}};
autospan_v1_site g_site = {0, sizeof g_site, AUTOSPAN_SITE_SPAN, 0, "task", nullptr, nullptr, nullptr,
                           kParams, 1, 1, AUTOSPAN_KIND_INTERNAL, 0, 0, 0};

struct Coroutine {
  explicit Coroutine(autospan_u64 n) {
    const autospan_v1_slot value{n, 0, AUTOSPAN_I64, 0, 0};
    autospan_v1_coroutine_begin(&handle, &g_site, &value, 1);
  }
  void suspend() { autospan_v1_coroutine_suspend(&handle); }
  void resume() { autospan_v1_coroutine_resume(&handle); }
  void end() { autospan_v1_coroutine_end(&handle); }
  autospan_v1_coroutine handle;
};

// How long it ran and waited differs from run to run.
std::string timeless(const std::string& drawn) {
  return std::regex_replace(drawn, std::regex(" busy_ms=[0-9.e-]+ idle_ms=[0-9.e-]+"), " ~");
}

}  // namespace

TEST_CASE("a coroutine's children are its own on whatever thread it runs, and nobody else's") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job");
    Coroutine c(1);
    { TRACE_SPAN("first"); }
    c.suspend();
    { TRACE_SPAN("meanwhile"); }
    std::thread([&] {
      c.resume();
      { TRACE_SPAN("second"); }
      c.suspend();
      TRACE_SPAN("elsewhere");
    }).join();
    c.resume();
    { TRACE_SPAN("third"); }
    c.end();
    { TRACE_SPAN("last"); }
    return leave_ring();
  });
  CHECK(timeless(draw(child.dump())) ==
        "job\n  task n=1 ~\n    first\n    second\n    third\n  meanwhile\n  last\nelsewhere\n");
}

TEST_CASE("fields, events, links and errors in a coroutine's body are its span's") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job");
    Coroutine c(2);
    TRACE_FIELD("user", "ann");
    TRACE_EVENT("cached", "hit", true);
    autospan_v1_context other = {{1}, {2}, 1, 0};
    autospan_v1_link(&other);
    { TRACE_SPAN("inner", "k", 1); }
    TRACE_FIELD("long", std::string(5000, 'x'));
    TRACE_FIELD("none left", 1);
    c.suspend();
    TRACE_FIELD("outer", 1);
    c.resume();
    TRACE_ERROR("refused");
    c.end();
    return leave_ring();
  });
  const auto dump = child.dump();
  const std::string drawn = timeless(draw(dump));
  INFO(drawn);
  CHECK(drawn.find("job outer=1\n  task n=2 user=ann long=<") == 0);
  CHECK(drawn.find("    * cached hit=true\n    -> link\n    inner k=1\n") != std::string::npos);
  REQUIRE(dump.loss.size() == 1);  // beyond what the span's frame holds
  CHECK(dump.loss[0].find("values") != std::string::npos);
}

TEST_CASE("an error in a coroutine's body is told with type and message") {
  RecordedChild child;
  child.run([] {
    struct End {
      ~End() { c.end(); }
      Coroutine c{3};
    };
    try {
      End end;
      end.c.suspend();
      end.c.resume();
      throw std::runtime_error("late");
    } catch (const std::exception&) {
    }
    return leave_ring();
  });
  CHECK(timeless(draw(child.dump())) ==
        "task n=3 exception.type=std::runtime_error exception.message=late ~ !\n");
}

TEST_CASE("a coroutine destroyed while suspended is cancelled, also while something else is thrown") {
  RecordedChild child;
  child.run([] {
    struct End {
      ~End() { c.end(); }
      Coroutine c{4};
    };
    try {
      End end;
      end.c.suspend();
      throw 1;
    } catch (int) {
    }
    return leave_ring();
  });
  CHECK(timeless(draw(child.dump())) == "task n=4 meta.autospan.cancelled=true ~\n");
}

TEST_CASE("coroutines that are open when the process dies are shown, thousands of them") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job");
    std::vector<Coroutine> open;
    for (autospan_u64 i = 0; i < 5000; ++i) {
      open.emplace_back(i);
      open.back().suspend();
    }
    for (autospan_u64 i = 0; i < 4998; ++i) open[i].end();
    _exit(3);
    return 0;
  });
  const auto dump = child.dump();
  CHECK(dump.open.size() == 3);  // job and two
  CHECK(dump.batch.spans.size() + dump.open.size() == 5001);
}

TEST_CASE("a child of fork neither ends nor resumes what its parent began") {
  RecordedChild child;
  child.run([] {
    Coroutine c(5);
    c.suspend();
    if (const pid_t pid = fork(); pid == 0) {
      Coroutine own(6);  // the first detached span of its ring, as c is of its parent's
      c.resume();
      c.end();
      own.end();
      _exit(0);
    } else {
      waitpid(pid, nullptr, 0);
    }
    c.resume();
    c.end();
    return leave_ring();
  });
  std::vector<std::string> drawn;
  for (const std::string& ring : child.rings()) drawn.push_back(timeless(draw(RecordedChild::dump_of(ring))));
  std::sort(drawn.begin(), drawn.end());
  CHECK(drawn == std::vector<std::string>{"task n=5 ~\n", "task n=6\n"});
}
