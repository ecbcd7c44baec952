// The Trace Event Format, as Perfetto reads it.
#include "wire/chrome_trace.h"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "samples.h"

using namespace samples;
using namespace autospan::wire;
using Json = nlohmann::json;

namespace {

Json trace(const SpanBatch& batch, const std::vector<Field>& about = {}) {
  ByteBuffer out;
  append_chrome_trace(out, batch, about);
  return Json::parse(out.view());
}

// A batch of spans on one thread: {first byte of the id, start, duration}.
SpanBatch on_a_thread(std::initializer_list<std::array<std::int64_t, 3>> spans) {
  SpanBatch batch = one_span();
  const SpanData like = batch.spans.front();
  batch.spans.clear();
  for (const auto& [id, start, duration] : spans) {
    SpanData span = like;
    span.span_id = span_id(static_cast<std::uint8_t>(id));
    span.thread_id = 9;
    span.start_unix_ns = 1'000'000'000 + start;
    span.duration_ns = duration;
    batch.spans.push_back(span);
  }
  return batch;
}

std::string phases(const Json& json) {
  std::string out;
  for (const Json& event : json["traceEvents"]) out += event["ph"].get<std::string>();
  return out;
}

}  // namespace

TEST_CASE("a span is a complete event in microseconds since the first") {
  SpanBatch batch = one_span({{"user_id", Value::of(std::int64_t{42})}});
  batch.spans.front().thread_id = 77;
  batch.spans.front().error = true;

  const Json json = trace(batch, {{"lost", Value::of(std::int64_t{3})}});

  CHECK(json["otherData"]["start"] == "2026-11-24T03:11:49.061519157Z");
  CHECK(json["otherData"]["service"] == "saas-update");
  CHECK(json["otherData"]["lost"] == 3);
  REQUIRE(json["traceEvents"].size() == 2);
  CHECK(json["traceEvents"][0]["name"] == "process_name");
  CHECK(json["traceEvents"][0]["args"]["name"] == "saas_update");
  const Json span = json["traceEvents"][1];
  CHECK(span["ph"] == "X");
  CHECK(span["name"] == "UpdateStripe");
  CHECK(span["ts"] == 0.0);
  CHECK(span["dur"] == 222.448);
  CHECK(span["pid"] == 4711);
  CHECK(span["tid"] == 77);
  CHECK(span["args"]["user_id"] == 42);
  CHECK(span["args"]["error"] == true);
  CHECK(span["args"]["span_id"] == "9091929394959697");
}

TEST_CASE("an open span only begins, an event is an instant on its span's thread") {
  SpanBatch batch = on_a_thread({{1, 0, 500}, {2, 100, 1000}});
  batch.spans.back().unfinished = true;
  batch.events.push_back({trace_id(0x40), span_id(1), "retry", "", 1'000'000'050, 1, {}});
  batch.links.push_back({trace_id(0x40), span_id(2), trace_id(1), span_id(2), 0, 1});

  const Json json = trace(batch);

  CHECK(phases(json) == "MXiB");
  CHECK(json["traceEvents"][2]["tid"] == 9);
  CHECK(json["traceEvents"][2]["ts"] == 0.05);
  CHECK_FALSE(json["traceEvents"][3].contains("dur"));
  CHECK(json["traceEvents"][3]["args"]["links"][0]["span_id"] == "0203040506070809");
}

TEST_CASE("spans of one thread that overlap without nesting are asynchronous") {
  CHECK(phases(trace(on_a_thread({{1, 0, 100}, {2, 10, 50}, {3, 60, 40}, {4, 100, 10}}))) ==
        "MXXXX");
  const Json json = trace(on_a_thread({{1, 0, 100}, {2, 50, 100}, {3, 60, 20}}));
  CHECK(phases(json) == "MXbXe");
  CHECK(json["traceEvents"][2]["id"] == json["traceEvents"][4]["id"]);
  CHECK(json["traceEvents"][4]["ts"] == 0.15);
}

TEST_CASE("whatever the order of the batch, the file is in the order of time, parents first") {
  const Json json = trace(on_a_thread({{3, 60, 20}, {2, 0, 50}, {1, 0, 100}}));
  CHECK(phases(json) == "MXXX");
  CHECK(json["traceEvents"][1]["dur"] == 0.1);
  CHECK(json["traceEvents"][2]["dur"] == 0.05);
  CHECK(json["traceEvents"][3]["ts"] == 0.06);
}

TEST_CASE("any batch becomes a valid trace in the order of time") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const SpanBatch batch = Random(seed, false).batch();
    const Json json = trace(batch);
    double last = -1e300;
    for (const Json& event : json["traceEvents"]) {
      if (event["ph"] == "M") continue;
      CHECK(event["ts"].get<double>() >= last);
      last = event["ts"].get<double>();
    }
  }
}
