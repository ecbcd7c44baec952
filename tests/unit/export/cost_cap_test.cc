// The cost caps with a clock that the test turns.
#include "export/cost_cap.h"

#include "catch.hpp"
#include "words.h"

using namespace words;
using namespace std::chrono_literals;
using Verdict = CostCap::Verdict;

namespace {

struct Meter {
  explicit Meter(std::uint32_t trace_max, std::uint32_t rate_max) : cap(trace_max, rate_max, now) {}

  SpanData span(std::uint8_t trace, const char* name, std::int64_t ms = 1) {
    SpanData s;
    s.trace_id = samples::trace_id(trace);
    s.span_id = numbered_id(++count);
    s.parent_id = numbered_id(0);
    s.name = name;
    s.duration_ns = ms * 1'000'000;
    return s;
  }
  Verdict judge(const SpanData& s) { return cap.judge(resource, s, now); }

  std::chrono::steady_clock::time_point now{1h};
  std::shared_ptr<const Resource> resource = samples::resource();
  std::uint64_t count = 0;
  CostCap cap;
};

}  // namespace

TEST_CASE("above a trace's spans a site becomes one event with its sum and maximum") {
  Meter meter(3, 0);
  for (int i = 0; i < 3; ++i) CHECK(meter.judge(meter.span(1, "Update")) == Verdict::kPass);
  for (int ms : {2, 5, 3}) CHECK(meter.judge(meter.span(1, "Update", ms)) == Verdict::kFold);
  CHECK(meter.judge(meter.span(1, "Other")) == Verdict::kFold);
  CHECK(meter.judge(meter.span(2, "Update")) == Verdict::kPass);  // another trace

  SpanData failed = meter.span(1, "Update");
  failed.error = true;
  CHECK(meter.judge(failed) == Verdict::kPass);
  CHECK(meter.cap.take_summaries(meter.now, false).empty());

  SpanData root = meter.span(1, "start");
  root.parent_id = SpanId();
  CHECK(meter.judge(root) == Verdict::kPassCapped);
  auto batches = meter.cap.take_summaries(meter.now, false);
  REQUIRE(batches.size() == 1);
  REQUIRE(batches[0].events.size() == 2);
  for (const SpanEventData& event : batches[0].events) {
    const Field* fields = &batches[0].fields[event.fields.begin];
    CHECK(event.trace_id == samples::trace_id(1));
    CHECK(event.parent_id == numbered_id(0));
    REQUIRE(fields[1].key == "count");
    if (event.name == "Update") {
      CHECK(fields[1].value.unsigned_integer == 3);
      CHECK(fields[2].value.real == 10.0);  // sum_ms
      CHECK(fields[3].value.real == 5.0);   // max_ms
    } else {
      CHECK(fields[1].value.unsigned_integer == 1);
    }
  }
  CHECK(meter.cap.take_summaries(meter.now, true).empty());
}

TEST_CASE("the outermost spans of processes that continue a trace are no roots: the cap holds") {
  Meter meter(3, 0);
  std::uint64_t passed = 0;
  for (int i = 0; i < 100; ++i) {
    SpanData outermost = meter.span(1, "request");
    outermost.local_root = true;  // its parent is elsewhere: TRACEPARENT, or `autospan run`
    passed += meter.judge(outermost) != Verdict::kFold;
  }
  CHECK(passed == 3);

  SpanData failed = meter.span(1, "request");
  failed.local_root = failed.error = true;
  CHECK(meter.judge(failed) == Verdict::kPassCapped);
  CHECK(meter.cap.take_summaries(meter.now, false).size() == 1);  // and tells what was folded
}

TEST_CASE("a root without a folded span is not marked") {
  Meter meter(3, 0);
  meter.judge(meter.span(1, "Update"));
  SpanData root = meter.span(1, "start");
  root.parent_id = SpanId();
  CHECK(meter.judge(root) == Verdict::kPass);
}

TEST_CASE("the rate has a burst of 50,000 and then its own pace") {
  Meter meter(0, 2'000);
  std::uint64_t passed = 0;
  for (int i = 0; i < 60'000; ++i) passed += meter.judge(meter.span(1, "Update")) == Verdict::kPass;
  CHECK(passed == 50'000);
  meter.now += 1s;
  passed = 0;
  for (int i = 0; i < 10'000; ++i) passed += meter.judge(meter.span(2, "Update")) == Verdict::kPass;
  CHECK(passed == 2'000);

  SpanData failed = meter.span(3, "Update");
  failed.error = true;
  CHECK(meter.judge(failed) == Verdict::kPass);
  SpanData root = meter.span(1, "start");  // of its trace much was sent: it may not be missing
  root.parent_id = SpanId();
  CHECK(meter.judge(root) == Verdict::kPassCapped);
  SpanData lone = meter.span(4, "job");  // of its trace nothing was
  lone.parent_id = SpanId();
  CHECK(meter.judge(lone) == Verdict::kFold);

  SpanEventData event;
  event.name = "tick";
  CHECK_FALSE(meter.cap.passes(meter.resource, event, meter.now));
  CHECK_FALSE(meter.cap.passes(SpanLinkData{}, meter.now));
}

TEST_CASE("summaries that no root brings out come within ten seconds") {
  Meter meter(1, 0);
  meter.judge(meter.span(1, "Update"));
  meter.judge(meter.span(1, "Update"));
  CHECK(meter.cap.take_summaries(meter.now + 9s, false).empty());
  CHECK(meter.cap.take_summaries(meter.now + 10s, false).size() == 1);
}

TEST_CASE("0 lifts both caps, and endless traces and sites take bounded memory") {
  Meter lifted(0, 0);
  for (int i = 0; i < 200'000; ++i)
    REQUIRE(lifted.judge(lifted.span(1, "Update")) == Verdict::kPass);

  Meter meter(1, 0);
  std::vector<std::string> names;
  for (int i = 0; i < 20'000; ++i) names.push_back("site" + std::to_string(i));
  for (const std::string& name : names) meter.judge(meter.span(1, name.c_str()));
  std::size_t events = 0;
  for (const auto& batch : meter.cap.take_summaries(meter.now, true)) events += batch.events.size();
  CHECK(events == kFoldsMax);
}
