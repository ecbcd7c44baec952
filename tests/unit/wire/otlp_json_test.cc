// OTLP/JSON as opentelemetry-proto maps it.
#include "wire/otlp_json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "samples.h"
#include "wire/version.h"

using namespace samples;
using namespace autospan::wire;
using Json = nlohmann::json;

namespace {

Json request(const SpanBatch& batch, const std::vector<Field>& about = {}) {
  ByteBuffer out;
  append_otlp_json(out, batch, about);
  return Json::parse(out.view());
}
Json spans_of(const Json& request) { return request["resourceSpans"][0]["scopeSpans"][0]["spans"]; }
Json span_of(const SpanBatch& batch) { return spans_of(request(batch))[0]; }

// The value under a key, which stands once; null where it does not stand.
Json attribute(const Json& of, const std::string& key) {
  Json found;
  for (const Json& a : of["attributes"]) {
    if (a["key"] != key) continue;
    CHECK(found.is_null());
    found = a["value"];
  }
  return found;
}
Json text(const char* s) { return {{"stringValue", s}}; }

}  // namespace

TEST_CASE("a span is an ExportTraceServiceRequest with ids in hex and numbers as strings") {
  const SpanBatch batch = one_span(
      {{"user_id", Value::of(std::int64_t{42})}, {"email", Value::of(std::string_view("a\"b"))}});
  const Json json = request(batch);

  const Json resource = json["resourceSpans"][0]["resource"];
  CHECK(attribute(resource, "service.name") == text("saas-update"));
  CHECK(attribute(resource, "host.name") == text("vm"));
  CHECK(attribute(resource, "process.pid") == Json{{"intValue", "4711"}});
  CHECK(json["resourceSpans"][0]["scopeSpans"][0]["scope"]["version"] == version());
  const Json span = spans_of(json)[0];
  CHECK(span["traceId"] == "404142434445464748494a4b4c4d4e4f");
  CHECK(span["spanId"] == "9091929394959697");
  CHECK_FALSE(span.contains("parentSpanId"));
  CHECK(span["name"] == "UpdateStripe");
  CHECK(span["kind"] == 1);
  CHECK(span["startTimeUnixNano"] == "1795489909061519157");
  CHECK(span["endTimeUnixNano"] == "1795489909061741605");
  CHECK(attribute(span, "user_id") == Json{{"intValue", "42"}});
  CHECK(attribute(span, "email") == text("a\"b"));
  CHECK(span["status"] == Json::object());
}

TEST_CASE("everything a span can say has its place in OTLP") {
  SpanBatch batch = one_span({{"exception.message", Value::of(std::string_view("card declined"))}});
  SpanData& span = batch.spans.front();
  span.parent_id = span_id(1);
  span.kind = SpanKind::kClient;
  span.error = span.unfinished = span.abandoned = span.truncated = span.resent = true;
  span.thread_id = 77;
  span.samplerate = 10;
  span.code_function = "void UpdateStripe(User)";
  span.code_filepath = "src/stripe.cpp";
  span.code_lineno = 12;

  const Json json = span_of(batch);

  CHECK(json["parentSpanId"] == "0102030405060708");
  CHECK(json["kind"] == 3);
  CHECK(json["status"] == Json{{"code", 2}, {"message", "card declined"}});
  for (const char* mark : {"unfinished", "abandoned", "truncated", "resent"})
    CHECK(attribute(json, std::string("meta.autospan.") + mark) == Json{{"boolValue", true}});
  CHECK(attribute(json, "thread.id") == Json{{"intValue", "77"}});
  CHECK(attribute(json, "SampleRate") == Json{{"intValue", "10"}});
  CHECK(attribute(json, "code.lineno") == Json{{"intValue", "12"}});
}

TEST_CASE("values beyond OTLP's types keep their meaning") {
  const SpanBatch batch = one_span({
      {"max", Value::of(UINT64_MAX)},
      {"min", Value::of(INT64_MIN)},
      {"null", Value()},
      {"nan", Value::of(std::numeric_limits<double>::quiet_NaN())},
      {"inf", Value::of(-std::numeric_limits<float>::infinity())},
      {"half", Value::of(0.5)},
      {"yes", Value::of(true)},
      {"json", Value::json("[1,2")},
      {"broken", Value::of(std::string_view("\xff"))},
  });
  const Json json = span_of(batch);
  CHECK(attribute(json, "max") == text("18446744073709551615"));
  CHECK(attribute(json, "min") == Json{{"intValue", "-9223372036854775808"}});
  CHECK(attribute(json, "null") == Json::object());
  CHECK(attribute(json, "nan") == Json{{"doubleValue", "NaN"}});
  CHECK(attribute(json, "inf") == Json{{"doubleValue", "-Infinity"}});
  CHECK(attribute(json, "half") == Json{{"doubleValue", 0.5}});
  CHECK(attribute(json, "yes") == Json{{"boolValue", true}});
  CHECK(attribute(json, "json") == text("[1,2"));
  CHECK(attribute(json, "broken") == text("\xEF\xBF\xBD"));
}

TEST_CASE("events and links stand in their span, and those of none are counted") {
  SpanBatch batch = one_span({{"step", Value::of(std::uint64_t{3})}});
  batch.spans.front().fields = {};
  batch.events.push_back({trace_id(0x40), span_id(0x90), "retry", "UpdateStripe", 5, 1, {0, 1}});
  batch.events.push_back({trace_id(0x40), span_id(0x91), "lost", "", 6, 1, {}});
  batch.links.push_back({trace_id(0x40), span_id(0x90), trace_id(1), span_id(2), 0, 1});
  ByteBuffer out;
  CHECK(append_otlp_json(out, batch) == 1);
  const Json span = spans_of(Json::parse(out.view()))[0];
  REQUIRE(span["events"].size() == 1);
  CHECK(span["events"][0]["name"] == "retry");
  CHECK(span["events"][0]["timeUnixNano"] == "5");
  CHECK(attribute(span["events"][0], "step") == Json{{"intValue", "3"}});
  CHECK(span["links"] == Json::array({{{"traceId", "0102030405060708090a0b0c0d0e0f10"},
                                       {"spanId", "0203040506070809"}}}));
}

TEST_CASE("of the resource's words the last counts, and what is said of the process stands there") {
  auto of = resource();
  of->attributes = {{"env", "prod"}, {"host.name", "other"}, {"env", "test"}};
  const Json json = request(one_span({}, of), {{"autospan.lost", Value::of(std::int64_t{7})}});
  const Json resource = json["resourceSpans"][0]["resource"];
  CHECK(attribute(resource, "env") == text("test"));
  CHECK(attribute(resource, "host.name") == text("other"));
  CHECK(attribute(resource, "autospan.lost") == Json{{"intValue", "7"}});
}

TEST_CASE("any batch becomes valid JSON with each key once") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const SpanBatch batch = Random(seed, false).batch();
    const Json json = request(batch);
    CHECK(spans_of(json).size() == batch.spans.size());
    for (const Json& span : spans_of(json)) {
      std::set<std::string> keys;
      for (const Json& a : span["attributes"]) CHECK(keys.insert(a["key"]).second);
    }
  }
}
