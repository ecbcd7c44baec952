// Where an exception was thrown, and where TRACE_STACK stands: recorded as addresses, named by the reader.
#include <autospan/trace.h>

#include <stdexcept>
#include <vector>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan;
using namespace autospan::test;

// Exported, so that they have names.
extern "C" {
[[gnu::noinline, gnu::visibility("default")]] void stacktrace_thrower(int n) {
  if (n >= 0) throw std::out_of_range("n");
}
[[gnu::noinline, gnu::visibility("default")]] void stacktrace_between(int n) {
  stacktrace_thrower(n);
  asm volatile("");
}
}

namespace {

const autospan_v1_param kNone[1] = {};
autospan_v1_site g_site = {0, sizeof g_site, AUTOSPAN_SITE_SPAN, AUTOSPAN_SITE_STACK, "f", nullptr, nullptr,
                           nullptr, kNone, 1, 0, 0, 0, 0, 0};

struct Span {
  autospan_v1_guard guard = autospan_v1_enter_0(&g_site);
  ~Span() { autospan_v1_exit(guard); }
};

int leave_ring() { return 1; }

std::vector<std::string> stacks(const drain::ProcessDump& dump) {
  std::vector<std::string> out;
  for (const SpanData& span : dump.batch.spans)
    for (std::uint32_t i = 0; i < span.fields.count; ++i) {
      const Field& f = dump.batch.fields[span.fields.begin + i];
      if (f.key == "exception.stacktrace") out.emplace_back(f.value.text);
    }
  return out;
}

}  // namespace

TEST_CASE("a span that asks for it says where the exception that left it was thrown") {
  RecordedChild child;
  child.run([] {
    for (int i = 0; i < 2; ++i)  // the second exception lies where the first did
      try {
        Span span;
        try {
          stacktrace_between(i);
        } catch (const std::exception&) {
          throw;  // keeps its place
        }
      } catch (const std::exception&) {
      }
    { Span quiet; }
    return leave_ring();
  });
  const auto all = stacks(child.dump());
  REQUIRE(all.size() == 2);
  for (const std::string& text : all) {
    INFO(text);
    CHECK(text.find("stacktrace_thrower + 0x") == 0);
    CHECK(text.find("\nstacktrace_between + 0x") != std::string::npos);
    CHECK(text.find(" in /") != std::string::npos);
    CHECK(text.find("autospan::record") == std::string::npos);
  }
}

TEST_CASE("TRACE_STACK says where it stands, outside any span nothing") {
  RecordedChild child;
  child.run([] {
    {
      TRACE_SPAN("job");
      TRACE_STACK();
    }
    TRACE_STACK();
    return leave_ring();
  });
  const auto dump = child.dump();
  const auto all = stacks(dump);
  REQUIRE(all.size() == 1);
  INFO(all[0]);
  CHECK(all[0].find("record_test") != std::string::npos);
  CHECK(all[0].find("libautospan") == std::string::npos);
  REQUIRE(dump.loss.size() == 1);  // the second one
}
