// Short spans are counted in their parent, and kept where somebody would miss them.
#include <autospan/trace.h>

#include "catch.hpp"
#include "recorded_child.h"

namespace {

using namespace autospan;
using autospan::test::RecordedChild;

// Longer than every threshold here.
void linger() { usleep(3000); }

const test::Environment kOneMs = {{"AUTOSPAN_MIN_DURATION", "1ms"}, {"AUTOSPAN_SITE_BUDGET", "off"}};

const Value* field(const drain::ProcessDump& dump, const SpanData& span, std::string_view key) {
  for (std::uint32_t i = 0; i < span.fields.count; ++i)
    if (const Field& f = dump.batch.fields[span.fields.begin + i]; f.key == key) return &f.value;
  return nullptr;
}
const SpanData* named(const drain::ProcessDump& dump, std::string_view name) {
  for (const SpanData& span : dump.batch.spans)
    if (span.name == name) return &span;
  return nullptr;
}
std::size_t count(const drain::ProcessDump& dump, std::string_view name) {
  std::size_t n = 0;
  for (const SpanData& span : dump.batch.spans) n += span.name == name;
  return n;
}
// Every parent that a span names is among the spans.
void check_no_orphans(const drain::ProcessDump& dump) {
  for (const SpanData& span : dump.batch.spans) {
    if (!span.parent_id.valid()) continue;
    bool found = false;
    for (const SpanData& other : dump.batch.spans) found |= other.span_id == span.parent_id;
    CHECK(found);
  }
}

template <int N>
void step() {
  if constexpr (N == 0) { TRACE_SPAN("s0"); }
  if constexpr (N == 1) { TRACE_SPAN("s1", "n", 1); }
  if constexpr (N == 2) { TRACE_SPAN("s2", "text", std::string(100, 'x')); }
  if constexpr (N == 3) { TRACE_SPAN("s3"); }
  if constexpr (N == 4) { TRACE_SPAN("s4"); }
  if constexpr (N == 5) { TRACE_SPAN("s5"); }
  if constexpr (N == 6) { TRACE_SPAN("plain"); }
}

}  // namespace

TEST_CASE("short spans are counted in their parent: four sites by name, the others together") {
  RecordedChild child;
  child.run(
      [] {
        TRACE_SPAN("parent", "key", "value");
        TRACE_FIELD("before", 1);
        for (int i = 0; i < 10; ++i) step<0>(), step<1>(), step<2>(), step<3>(), step<4>(), step<5>();
        TRACE_FIELD("after", 2);
        linger();
        return 1;
      },
      kOneMs);
  const auto dump = child.dump();
  CHECK(dump.damaged == 0);
  REQUIRE(dump.batch.spans.size() == 1);
  const SpanData& parent = dump.batch.spans[0];
  for (const char* name : {"s0", "s1", "s2", "s3", "other"}) {
    INFO(name);
    const std::string key = std::string("rollup.") + name;
    REQUIRE(field(dump, parent, key + ".count"));
    CHECK(field(dump, parent, key + ".count")->unsigned_integer ==
          (name == std::string("other") ? 20u : 10u));
    const double sum = field(dump, parent, key + ".sum_ms")->real;
    const double longest = field(dump, parent, key + ".max_ms")->real;
    CHECK(sum > 0);
    CHECK(longest <= sum);
    CHECK(longest < 1);
  }
  CHECK(field(dump, parent, "before"));
  CHECK(field(dump, parent, "after"));
  CHECK(field(dump, parent, "key")->text == "value");
}

TEST_CASE("two places of one name are counted as one") {
  RecordedChild child;
  child.run(
      [] {
        TRACE_SPAN("parent");
        for (int i = 0; i < 3; ++i) {
          { TRACE_SPAN("twin", "i", i); }
          { TRACE_SPAN("twin"); }
        }
        linger();
        return 1;
      },
      kOneMs);
  const auto dump = child.dump();
  REQUIRE(dump.batch.spans.size() == 1);
  const SpanData& parent = dump.batch.spans[0];
  CHECK(parent.fields.count == 3);
  REQUIRE(field(dump, parent, "rollup.twin.count"));
  CHECK(field(dump, parent, "rollup.twin.count")->unsigned_integer == 6);
}

TEST_CASE("a short span is kept where somebody would miss it, and its parents with it") {
  RecordedChild child;
  child.run(
      [] {
        {
          TRACE_SPAN("short root");
        }
        TRACE_SPAN("long");
        linger();
        step<6>();
        {
          TRACE_SPAN("around error");
          TRACE_SPAN("error");
          TRACE_ERROR("broken");
        }
        {
          TRACE_SPAN("around event");
          TRACE_SPAN("event");
          TRACE_EVENT("happened");
        }
        {
          TRACE_SPAN("around propagated");
          TRACE_SPAN("propagated");
          autospan::current_context();
        }
        try {
          TRACE_SPAN("thrown");
          throw 1;
        } catch (int) {
        }
        step<6>();
        return 1;
      },
      kOneMs);
  const auto dump = child.dump();
  CHECK(dump.damaged == 0);
  for (const char* name : {"short root", "long", "around error", "error", "around event", "event",
                           "around propagated", "propagated", "thrown"}) {
    INFO(name);
    CHECK(count(dump, name) == 1);
  }
  CHECK(count(dump, "plain") == 0);
  CHECK(field(dump, *named(dump, "long"), "rollup.plain.count")->unsigned_integer == 2);
  check_no_orphans(dump);
}

TEST_CASE("a nest of short spans folds outwards, and every call is counted once") {
  RecordedChild child;
  child.run(
      [] {
        TRACE_SPAN("job");
        for (int i = 0; i < 500; ++i) {
          TRACE_SPAN("outer");
          TRACE_SPAN("inner");
        }
        linger();
        return 1;
      },
      kOneMs);
  const auto dump = child.dump();
  CHECK(dump.damaged == 0);
  const SpanData* job = named(dump, "job");
  REQUIRE(job);
  // The inner ones went into their outer, which went into the job: what a folded span had folded is
  // not told again.
  CHECK(field(dump, *job, "rollup.outer.count")->unsigned_integer + count(dump, "outer") == 500);
  check_no_orphans(dump);
}

TEST_CASE("a site's own threshold and its processor time") {
  static autospan_v1_site quick = {
      0, sizeof quick, AUTOSPAN_SITE_SPAN, 0, "quick", nullptr, nullptr, nullptr, nullptr, 1, 0, 0, 0,
      1000, 0};
  static autospan_v1_site busy = {
      0, sizeof busy, AUTOSPAN_SITE_SPAN, AUTOSPAN_SITE_CPU, "busy", nullptr, nullptr, nullptr, nullptr,
      1, 0, 0, 0, 0, 0};
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("job");
    for (int i = 0; i < 5; ++i) autospan_v1_exit(autospan_v1_enter_0(&quick));
    const auto slow = autospan_v1_enter_0(&quick);
    linger();
    autospan_v1_exit(slow);
    const auto guard = autospan_v1_enter_0(&busy);
    usleep(20000);
    for (volatile int i = 0; i < 2000000;) i = i + 1;
    autospan_v1_exit(guard);
    return 1;
  });
  const auto dump = child.dump();
  CHECK(dump.damaged == 0);
  CHECK(count(dump, "quick") == 1);
  CHECK(field(dump, *named(dump, "job"), "rollup.quick.count")->unsigned_integer == 5);
  const SpanData* span = named(dump, "busy");
  REQUIRE(span);
  REQUIRE(field(dump, *span, "cpu_ms"));
  REQUIRE(field(dump, *span, "wait_ms"));
  const double cpu = field(dump, *span, "cpu_ms")->real, wait = field(dump, *span, "wait_ms")->real;
  CHECK(cpu > 0);
  CHECK(wait > 15);
  CHECK(cpu + wait == Approx(double(span->duration_ns) / 1e6).margin(0.5));
}

TEST_CASE("a duration that is none is named") {
  RecordedChild child;
  child.run([] { TRACE_SPAN("s"); return 1; }, {{"AUTOSPAN_MIN_DURATION", "soon"}});
  CHECK(child.dump().batch.spans.size() == 1);
  CHECK(child.stderr_text().find("AUTOSPAN_MIN_DURATION=soon: expected a duration") !=
        std::string::npos);
}
