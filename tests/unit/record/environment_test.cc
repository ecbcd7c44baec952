// Who drains, as the environment says it to the recorder.
#include <autospan/trace.h>

#include <filesystem>
#include <iterator>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

namespace {

// The exit status of a child that recorded a span and then found so many threads in itself.
int threads_of(RecordedChild& child, Environment environment) {
  environment.emplace("HOME", child.directory());
  return WEXITSTATUS(child.run(
      [] {
        {
          TRACE_SPAN("one");
        }
        const std::filesystem::directory_iterator tasks("/proc/self/task");
        const auto threads = std::distance(begin(tasks), end(tasks));
        return threads == 1 ? 0 : int(threads);
      },
      environment));
}

}  // namespace

TEST_CASE("no thread, no kept ring and one line for an exporter that this build has not") {
  const auto environment =
      GENERATE(Environment{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"}},
               Environment{{"AUTOSPAN_EXPORT", "otlp"}},
               Environment{{"AUTOSPAN_EXPORT", " otlp ,"}, {"HONEYCOMB_API_KEY", "k"}});
  RecordedChild child;
  CHECK(threads_of(child, environment) == 0);
  CHECK(child.rings().empty());
  CHECK(child.stderr_text() == "autospan: otlp: not in this build; nothing is exported\n");
}

TEST_CASE("none is none, whatever stands around it") {
  const auto environment = GENERATE(
      Environment{{"AUTOSPAN_EXPORT", " none\t"}},
      Environment{{"AUTOSPAN_EXPORT", "console, none"}}, Environment{{"AUTOSPAN_EXPORT", ","}},
      Environment{{"HONEYCOMB_API_KEY", "  "}},
      Environment{{"AUTOSPAN_EXPORT", "none"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://o"}});
  RecordedChild child;
  CHECK(threads_of(child, environment) == 0);
  CHECK(child.rings().empty());
  CHECK(child.stderr_text().empty());
}

TEST_CASE("whatever else is named exports from a thread") {
  const auto list = GENERATE(" console ", "otlp,console", "file:/dev/null");
  RecordedChild child;
  CHECK(threads_of(child, {{"AUTOSPAN_EXPORT", list}}) > 1);
}
