// What the recorder writes, read back by the reader: nesting, arguments, exceptions, contexts.
#include <autospan/trace.h>
#include <sys/prctl.h>

#include <set>
#include <stdexcept>
#include <thread>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

namespace {

int leave_ring() { return 1; }  // a non-zero status keeps the ring

[[gnu::noinline]] int descend(int depth) {
  TRACE_SPAN("descend", "depth", depth);
  return depth == 0 ? 0 : descend(depth - 1) + 1;
}

}  // namespace

TEST_CASE("spans nest, in order, with their arguments") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job", "attempt", 1);
    {
      TRACE_SPAN("first", "user", "ada@example.com", "plan", 7u);
    }
    {
      TRACE_SPAN("second", "ratio", 0.5, "ok", true, "letter", 'x');
      TRACE_SPAN("inner");
    }
    return leave_ring();
  });

  CHECK(draw(child.dump()) ==
        "job attempt=1\n"
        "  first user=ada@example.com plan=7\n"
        "  second ratio=0.5 ok=true letter=x\n"
        "    inner\n");
}

TEST_CASE("an argument is evaluated once where a span records, and never where it is off") {
  for (const char* mode : {"on", "off", "standby"}) {
    RecordedChild child;
    const int status = child.run(
        [] {
          int evaluated = 0;
          TRACE_SPAN("span", "n", ++evaluated);
          TRACE_FIELD("f", ++evaluated);
          TRACE_EVENT("e", "k", ++evaluated);
          return evaluated;
        },
        {{"AUTOSPAN", mode}});
    CHECK(WEXITSTATUS(status) == (std::string(mode) == "on" ? 3 : 0));
  }
}

TEST_CASE("a child starts and ends within its parent, on one clock") {
  for (const char* clock : {"tsc", "monotonic", "precise"}) {
    RecordedChild child;
    child.run(
        [] {
          TRACE_SPAN("parent");
          for (int i = 0; i < 100; ++i) { TRACE_SPAN("child"); }
          return leave_ring();
        },
        {{"AUTOSPAN_CLOCK", clock}});

    const auto dump = child.dump();
    REQUIRE(dump.batch.spans.size() == 101);
    const autospan::SpanData& parent = dump.batch.spans.back();
    for (const auto& span : dump.batch.spans) {
      CHECK(span.duration_ns >= 0);
      CHECK(span.start_unix_ns >= parent.start_unix_ns);
      // Start and duration are rounded apart.
      CHECK(span.start_unix_ns + span.duration_ns <= parent.start_unix_ns + parent.duration_ns + 1);
    }
  }
}

TEST_CASE("where the TSC may not be read nothing is recorded, and the host lives") {
  RecordedChild child;
  const int status = child.run([] {
    prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
    { TRACE_SPAN("one"); }
    TRACE_SPAN("two");
    return 7;
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(child.stderr_text().find("PR_SET_TSC") != std::string::npos);
}

TEST_CASE("a clock that is not one is named") {
  RecordedChild child;
  child.run([] { TRACE_SPAN("s"); return leave_ring(); }, {{"AUTOSPAN_CLOCK", "sundial"}});
  CHECK(child.dump().batch.spans.size() == 1);
  CHECK(child.stderr_text().find("AUTOSPAN_CLOCK=sundial: expected tsc, monotonic or precise") !=
        std::string::npos);
}

TEST_CASE("a stack deeper than one segment keeps every span and every parent") {
  RecordedChild child;
  child.run([] { return descend(1000) == 1000 ? leave_ring() : 2; });

  const auto dump = child.dump();
  REQUIRE(dump.batch.spans.size() == 1001);
  CHECK(dump.lost == 0);
  std::set<autospan::SpanId> ids;
  for (const auto& span : dump.batch.spans) ids.insert(span.span_id);
  CHECK(ids.size() == 1001);
  for (std::size_t i = 0; i + 1 < dump.batch.spans.size(); ++i)
    CHECK(dump.batch.spans[i].parent_id == dump.batch.spans[i + 1].span_id);
}

TEST_CASE("an exception that leaves a span is its error, and is not swallowed") {
  RecordedChild child;
  const int status = child.run([] {
    int caught = 0;
    try {
      TRACE_SPAN("outer");
      TRACE_SPAN("inner");
      throw std::runtime_error("card declined");
    } catch (const std::runtime_error&) {
      caught = 1;
    }
    TRACE_SPAN("after");
    return caught;
  });

  CHECK(WEXITSTATUS(status) == 1);
  CHECK(draw(child.dump()) ==
        "outer exception.type=std::runtime_error exception.message=card declined !\n"
        "  inner exception.type=std::runtime_error exception.message=card declined !\n"
        "after\n");
}

TEST_CASE("exceptions nested in unwinding, rethrown and carried are told apart") {
  struct Noisy {
    ~Noisy() {
      try {
        TRACE_SPAN("cleanup");
        throw std::logic_error("inside cleanup");
      } catch (...) {
      }
    }
  };
  RecordedChild child;
  child.run([] {
    std::exception_ptr carried;
    try {
      TRACE_SPAN("whole");
      Noisy noisy;
      throw std::runtime_error("first");
    } catch (...) {
      carried = std::current_exception();
    }
    try {
      TRACE_SPAN("carried");
      std::rethrow_exception(carried);
    } catch (...) {
    }
    try {
      TRACE_SPAN("rethrower");
      try {
        throw 42;
      } catch (int) {
        throw;
      }
    } catch (int) {
    }
    return leave_ring();
  });

  CHECK(draw(child.dump()) ==
        "whole exception.type=std::runtime_error exception.message=first !\n"
        "  cleanup exception.type=std::logic_error exception.message=inside cleanup !\n"
        "carried exception.type=std::runtime_error exception.message=first !\n"
        "rethrower exception.type=int !\n");
}

TEST_CASE("a context carries a trace to another thread, and TRACE_ROOT begins a linked one") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("start");
    const autospan::Context here = autospan::current_context();
    std::thread([here] {
      autospan::ContextScope scope(here);
      TRACE_SPAN("worker");
      TRACE_ROOT("message", "n", 1);
      TRACE_SPAN("step");
    }).join();
    return leave_ring();
  });

  const auto dump = child.dump();
  CHECK(draw(dump) ==
        "start\n"
        "  worker\n"
        "message n=1\n"
        "  -> link\n"
        "  step\n");
  std::map<std::string, autospan::TraceId> trace;
  for (const auto& span : dump.batch.spans) trace[std::string(span.name)] = span.trace_id;
  CHECK(trace["worker"] == trace["start"]);
  CHECK(trace["step"] == trace["message"]);
  CHECK(trace["message"] != trace["start"]);
}

TEST_CASE("TRACEPARENT makes the process a part of that trace; garbage is ignored") {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736", parent = "00f067aa0ba902b7";
  RecordedChild child;
  child.run(
      [] {
        TRACE_SPAN("job");
        return leave_ring();
      },
      {{"TRACEPARENT", "00-" + trace + "-" + parent + "-01"}});
  const auto dump = child.dump();
  REQUIRE(dump.batch.spans.size() == 1);
  CHECK(dump.batch.spans[0].trace_id.bytes[0] == 0x4b);
  CHECK(dump.batch.spans[0].parent_id.bytes[1] == 0xf0);

  for (const std::string& garbage :
       {std::string("garbage"), "00-" + trace + "-0000000000000000-01",
        "ff-" + trace + "-" + parent + "-01", "00-" + trace + "-" + parent + "-01-more",
        std::string(5000, '-')}) {
    RecordedChild other;
    other.run(
        [] {
          TRACE_SPAN("job");
          return leave_ring();
        },
        {{"TRACEPARENT", garbage}});
    CHECK(draw(other.dump()) == "job\n");
  }
}

TEST_CASE("a span ended out of order closes those above it, and a foreign guard is counted") {
  RecordedChild child;
  child.run([] {
    static const autospan_v1_param none[1] = {};
    static autospan_v1_site site = {0, sizeof site, AUTOSPAN_SITE_SPAN, 0, "s", nullptr, nullptr,
                                    nullptr, none, 1, 0, 0, 0, 0, 0};
    const auto outer = autospan_v1_enter_0(&site);
    const auto middle = autospan_v1_enter_0(&site);
    const auto inner = autospan_v1_enter_0(&site);
    autospan_v1_exit(middle);
    autospan_v1_exit(inner);
    autospan_v1_exit(outer);
    return leave_ring();
  });

  const auto dump = child.dump();
  CHECK(draw(dump) == "s\n  s\n    s abandoned\n");
  REQUIRE(dump.loss.size() == 1);
  CHECK(dump.loss[0] == "1 spans were ended on another thread or after fork");
}

TEST_CASE("a returned value and its error are the guard's, also while a macro's span is open") {
  RecordedChild child;
  child.run([] {
    static const autospan_v1_param params[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0},
                                               {"return", nullptr, 0, AUTOSPAN_STR, AUTOSPAN_LATER, 0}};
    static autospan_v1_site site = {0, sizeof site, AUTOSPAN_SITE_SPAN, 0, "f", nullptr, nullptr,
                                    nullptr, params, 1, 2, 0, 0, 0, 0};
    const autospan_v1_slot text{reinterpret_cast<autospan_u64>("late"), 4, AUTOSPAN_STR, 0, 0};
    const auto guard = autospan_v1_enter_w(&site, 5);
    {
      TRACE_SPAN("inner");
      autospan_v1_set(guard, 1, &text);
      autospan_v1_fail(guard, "refused", 7);
    }
    autospan_v1_exit(guard);
    autospan_v1_set(guard, 1, &text);  // it has ended
    autospan_v1_set(0, 1, &text);
    autospan_v1_fail(0, "nobody's", 8);
    return leave_ring();
  });
  CHECK(draw(child.dump()) == "f n=5 return=late error.message=refused !\n  inner\n");
}

TEST_CASE("a zero guard is ignored, also by a thread with nothing open") {
  RecordedChild child;
  child.run([] {
    static const autospan_v1_param none[1] = {};
    static autospan_v1_site site = {0, sizeof site, AUTOSPAN_SITE_SPAN, 0, "s", nullptr, nullptr,
                                    nullptr, none, 1, 0, 0, 0, 0, 0};
    std::thread([] {
      autospan_v1_exit(autospan_v1_enter_0(&site));
      for (int i = 0; i < 8; ++i) autospan_v1_exit(0);
      const auto outer = autospan_v1_enter_0(&site);
      autospan_v1_exit(0);
      autospan_v1_exit(autospan_v1_enter_0(&site));
      autospan_v1_exit(outer);
    }).join();
    return leave_ring();
  });

  const auto dump = child.dump();
  CHECK(draw(dump) == "s\ns\n  s\n");
  CHECK(dump.loss.empty());
}

TEST_CASE("a detached span begins on one thread and ends on another") {
  RecordedChild child;
  child.run([] {
    static const autospan_v1_param params[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0}};
    static autospan_v1_site site = {0, sizeof site, AUTOSPAN_SITE_SPAN, 0, "request", nullptr,
                                    nullptr, nullptr, params, 1, 1, AUTOSPAN_KIND_CLIENT, 0, 0, 0};
    TRACE_SPAN("start");
    autospan_v1_detached ended{}, open{};
    const autospan_v1_slot value{5, 0, AUTOSPAN_I64, 0, 0};
    autospan_v1_detached_begin(&ended, &site, &value, 1);
    autospan_v1_detached_begin(&open, &site, &value, 1);
    std::thread([&] { autospan_v1_detached_end(&ended); }).join();
    autospan_v1_detached_end(&ended);  // a second end finds nothing
    return leave_ring();
  });

  CHECK(draw(child.dump()) == "start\n  request n=5\n  request n=5 …\n");
}
