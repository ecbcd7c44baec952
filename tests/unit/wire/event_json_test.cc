// The bytes of events: golden ones, and the limits.
#include "wire/event_json.h"

#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "samples.h"
#include "wire/child_memory.h"
#include "wire/honeycomb_json.h"
#include "wire/limits.h"
#include "wire/ndjson.h"
#include "wire/version.h"

using namespace samples;
using namespace autospan::wire;
using Json = nlohmann::ordered_json;

namespace {

std::string span_json(const SpanBatch& batch, SpanPlace place = SpanPlace::kRoot) {
  EventJson json(*batch.resource);
  ByteBuffer out;
  json.append_span(out, batch, batch.spans.front(), place);
  return std::string(out.view());
}

std::string versioned(std::string text) {
  const std::string kMark = "VERSION";
  return text.replace(text.find(kMark), kMark.size(), version());
}

}  // namespace

TEST_CASE("a root span has the bytes that honeycomb.md asks for") {
  const SpanBatch batch = one_span(
      {{"user_id", Value::of(std::int64_t{42})}, {"email", Value::of(std::string_view("a\"b"))}});
  CHECK(span_json(batch) ==
        versioned(R"({"name":"UpdateStripe","trace.trace_id":"404142434445464748494a4b4c4d4e4f",)"
                  R"("trace.span_id":"9091929394959697","duration_ms":0.222448,)"
                  R"("meta.span_type":"root","span.kind":"internal","service.name":"saas-update",)"
                  R"("service_name":"saas-update","meta.local_hostname":"vm",)"
                  R"("meta.autospan.version":"VERSION","process.pid":4711,"user_id":42,)"
                  R"("email":"a\"b"})"));
}

TEST_CASE("everything a span can say, it says once") {
  SpanBatch batch = one_span({{"exception.type", Value::of(std::string_view("std::bad_alloc"))}});
  SpanData& span = batch.spans.front();
  span.parent_id = span_id(1);
  span.kind = SpanKind::kClient;
  span.error = span.unfinished = span.abandoned = span.truncated = span.resent = true;
  span.thread_id = 77;
  span.code_function = "void UpdateStripe(User) noexcept";
  span.code_filepath = "src/stripe.cpp";
  span.code_lineno = 12;
  CHECK(span_json(batch, SpanPlace::kSubroot) ==
        versioned(R"({"name":"UpdateStripe","code.function":"void UpdateStripe(User) noexcept",)"
                  R"("code.filepath":"src/stripe.cpp","code.lineno":12,)"
                  R"("trace.trace_id":"404142434445464748494a4b4c4d4e4f",)"
                  R"("trace.parent_id":"0102030405060708","trace.span_id":"9091929394959697",)"
                  R"("duration_ms":0.222448,"meta.span_type":"subroot","span.kind":"client",)"
                  R"("thread.id":77,"error":true,"meta.autospan.unfinished":true,)"
                  R"("meta.autospan.abandoned":true,"meta.autospan.resent":true,)"
                  R"("service.name":"saas-update","service_name":"saas-update",)"
                  R"("meta.local_hostname":"vm","meta.autospan.version":"VERSION",)"
                  R"("process.pid":4711,"exception.type":"std::bad_alloc",)"
                  R"("meta.autospan.truncated":true})"));
}

TEST_CASE("span events and links have their own shape") {
  SpanBatch batch = one_span({{"step", Value::of(std::uint64_t{3})}});
  batch.events.push_back({trace_id(0x40), span_id(0x90), "retry", "UpdateStripe", 0, 1, {0, 1}});
  batch.links.push_back({trace_id(0x40), span_id(0x90), trace_id(1), span_id(2), 0, 1});
  EventJson json(*batch.resource);
  ByteBuffer out;
  json.append_event(out, batch, batch.events.front());
  CHECK(out.view() ==
        versioned(R"({"name":"retry","parent_name":"UpdateStripe",)"
                  R"("trace.trace_id":"404142434445464748494a4b4c4d4e4f",)"
                  R"("trace.parent_id":"9091929394959697","meta.annotation_type":"span_event",)"
                  R"("service.name":"saas-update","service_name":"saas-update",)"
                  R"("meta.local_hostname":"vm","meta.autospan.version":"VERSION",)"
                  R"("process.pid":4711,"step":3})"));
  out.clear();
  json.append_link(out, batch, batch.links.front());
  CHECK(out.view() == versioned(R"({"meta.annotation_type":"link",)"
                                R"("trace.trace_id":"404142434445464748494a4b4c4d4e4f",)"
                                R"("trace.parent_id":"9091929394959697",)"
                                R"("trace.link.trace_id":"0102030405060708090a0b0c0d0e0f10",)"
                                R"("trace.link.span_id":"0203040506070809",)"
                                R"("service.name":"saas-update","service_name":"saas-update",)"
                                R"("meta.local_hostname":"vm","meta.autospan.version":"VERSION",)"
                                R"("process.pid":4711})"));
}

TEST_CASE("an event of no trace claims none") {
  SpanBatch batch = one_span({});
  batch.fields.push_back({"count", Value::of(std::uint64_t{7})});
  SpanEventData event;
  event.name = "parse_row";
  event.fields = {std::uint32_t(batch.fields.size() - 1), 1};
  EventJson json(*batch.resource);
  ByteBuffer out;
  json.append_event(out, batch, event);
  const Json told = Json::parse(out.view());
  CHECK(told["name"] == "parse_row");
  CHECK(told["count"] == 7);
  CHECK_FALSE(told.contains("trace.trace_id"));
  CHECK_FALSE(told.contains("meta.annotation_type"));
}

TEST_CASE("the envelopes: a batch entry and a line") {
  ByteBuffer out;
  HoneycombEntry entry_of;
  const auto append_entry = [&](std::int64_t time, std::uint32_t rate) {
    HoneycombEntry::open(out);
    out.append(R"({"a":1})");
    entry_of.close(out, time, rate);
  };
  append_entry(1'795'489'909'061'519'157, 1);
  CHECK(out.view() == R"({"data":{"a":1},"time":"2026-11-24T03:11:49.061519157Z"})");
  out.clear();
  append_entry(0, 17);
  CHECK(out.view() ==
        R"({"data":{"a":1},"time":"1970-01-01T00:00:00.000000000Z","samplerate":17})");
  const std::string entry(out.view());
  out.clear();
  append_marked_entry(out, entry, "meta.autospan.resent");
  CHECK(out.view() == R"({"data":{"meta.autospan.resent":true,"a":1},)"
                      R"("time":"1970-01-01T00:00:00.000000000Z","samplerate":17})");
  out.clear();
  append_ndjson_line(out, R"({"a":1})", 0, 1, "a \"set\"");
  CHECK(out.view() ==
        "{\"time\":\"1970-01-01T00:00:00.000000000Z\",\"samplerate\":1,"
        "\"dataset\":\"a \\\"set\\\"\",\"data\":{\"a\":1}}\n");
}

// Acceptance case 14 of honeycomb.md, as far as it is the encoder's.
TEST_CASE("hostile values: exact integers, absent null and NaN, any key") {
  const SpanBatch batch = one_span({
      {"max", Value::of(UINT64_MAX)},
      {"min", Value::of(INT64_MIN)},
      {"null", Value()},
      {"nan", Value::of(std::numeric_limits<double>::quiet_NaN())},
      {"inf", Value::of(-std::numeric_limits<float>::infinity())},
      {"q\"k\n", Value::of(true)},
      {"json", Value::json("[1,2")},
      {"", Value::of(false)},
  });
  const Json json = Json::parse(span_json(batch));
  CHECK(json["max"] == UINT64_MAX);
  CHECK(json["min"] == INT64_MIN);
  CHECK_FALSE(json.contains("null"));
  CHECK_FALSE(json.contains("nan"));
  CHECK_FALSE(json.contains("inf"));
  CHECK(json["q\"k\n"] == true);
  CHECK(json["json"] == "[1,2");
  CHECK(json["app."] == false);
}

TEST_CASE("a field never overrides what autospan says, and of a key the last one counts") {
  auto of = resource();
  of->attributes = {{"env", "prod"}, {"name", "x"}, {"env", "test"}};
  const SpanBatch batch = one_span({{"name", Value::of(std::int64_t{1})},
                                    {"trace.parent_id", Value::of(std::int64_t{2})},
                                    {"x", Value::of(std::int64_t{3})},
                                    {"app.error", Value::of(std::int64_t{4})},
                                    {"error", Value::of(std::int64_t{5})},
                                    {"x", Value::of(std::int64_t{6})},
                                    {"exception.message", Value::of(std::string_view("kept"))}},
                                   of);
  const std::string text = span_json(batch);
  const Json json = Json::parse(text);
  CHECK(json["name"] == "UpdateStripe");
  CHECK(json["app.name"] == 1);  // the span's own word beats the resource's
  CHECK(json["app.trace.parent_id"] == 2);
  CHECK_FALSE(json.contains("trace.parent_id"));
  CHECK(json["x"] == 6);
  CHECK(json["app.error"] == 5);
  CHECK(json["env"] == "test");
  CHECK(json["exception.message"] == "kept");
  std::set<std::string> keys;
  const Json again = Json::parse(text, [&](int, Json::parse_event_t event, Json& key) {
    if (event == Json::parse_event_t::key) CHECK(keys.insert(key.get<std::string>()).second);
    return true;
  });
}

TEST_CASE("keys that read alike once they are repaired stand once") {
  const std::string text = span_json(one_span({{"\xff", Value::of(std::int64_t{1})},
                                               {"ü", Value::of(std::int64_t{2})},
                                               {"\xfe", Value::of(std::int64_t{3})}}));
  CHECK(text.find("\"\xEF\xBF\xBD\":1") == text.npos);
  CHECK(text.find("\"\xEF\xBF\xBD\":3") != text.npos);
  CHECK(text.find("\"ü\":2") != text.npos);
}

namespace {
// So many fields, of so many names by turns, each with its place as value.
std::string span_with(int count, int names_count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("field" + std::to_string(i % names_count));
  std::vector<Field> fields;
  for (std::size_t i = 0; i < names.size(); ++i)
    fields.push_back({names[i], Value::of(static_cast<std::int64_t>(i))});
  return span_json(one_span(fields));
}

// How often the key stands in the text: a parser would hide the second one.
std::size_t times(const std::string& text, const std::string& key) {
  std::size_t count = 0;
  const std::string quoted = "\"" + key + "\":";
  for (std::size_t at = 0; (at = text.find(quoted, at)) != text.npos; ++at) ++count;
  return count;
}
}  // namespace

TEST_CASE("no event has more than 2,000 fields, and a cut is marked") {
  const Json json = Json::parse(span_with(3'000, 2'500));
  CHECK(json.size() <= kEventFieldsMax);
  CHECK(json.size() > 1'900);
  CHECK(json["field600"] == 600);
  CHECK_FALSE(json.contains("field499"));  // its last value stands behind 2,000 others
  CHECK(json["meta.autospan.truncated"] == true);
}

TEST_CASE("each key stands once, with its last value") {
  for (const int names : {8, 600}) {  // few are compared otherwise than many
    const int count = names + names / 2;
    const std::string text = span_with(count, names);
    const Json json = Json::parse(text);
    for (int i = 0; i < names; ++i) {
      const std::string key = "field" + std::to_string(i);
      INFO(key << " of " << names);
      REQUIRE(times(text, key) == 1);
      REQUIRE(json[key] == (i < names / 2 ? names + i : i));
    }
    CHECK_FALSE(json.contains("meta.autospan.truncated"));
  }
}

TEST_CASE("a long text is cut and marked") {
  const std::string longer(70'000, 'x');
  const Json json =
      Json::parse(span_json(one_span({{"body", Value::of(std::string_view(longer))}})));
  CHECK(json["body"].get<std::string>().size() == kTextBytesMax);
  CHECK(json["meta.autospan.truncated"] == true);
}

TEST_CASE("a site's text is not mixed up with another's at the same address") {
  auto of = resource();
  EventJson json(*of);
  char name[] = "first";
  SpanBatch batch = one_span({}, of);
  batch.spans.front().name = {name, 5};
  ByteBuffer out;
  json.append_span(out, batch, batch.spans.front(), SpanPlace::kLeaf);
  name[0] = 'F';
  out.clear();
  json.append_span(out, batch, batch.spans.front(), SpanPlace::kLeaf);
  CHECK(Json::parse(out.view())["name"] == "First");
}

TEST_CASE("what is ready of a site has the bytes that are computed without it") {
  const std::vector<std::string> keys = {"user_id", "plan", "name", "app.name", "trace.x", "plan",
                                         "k\"ey", "ümlaut", "", std::string(40, 'l'),
                                         std::string(200, 'x'), "env", "a", "b"};
  const Value values[] = {Value::of(std::int64_t{-12345}), Value::of(std::uint64_t{99'999}), Value(),
                          Value::of(true), Value::of(0.5), Value::of(std::string_view("te\"xt")),
                          Value::of(std::numeric_limits<double>::infinity()),
                          Value::of(std::string_view("enterprise-annual, paid"))};
  std::mt19937 random(3);
  const auto below = [&](std::size_t n) { return random() % n; };
  const std::string longer(70'000, 'n');
  for (int round = 0; round < 200; ++round) {
    auto of = resource();
    if (round % 3 == 1) of->attributes = {{"env", "prod"}, {"name", "x"}, {"zone", "eu"}};
    if (round % 50 == 49)  // more than an event holds
      for (int i = 0; i < 1'990; ++i) of->attributes.push_back({"r" + std::to_string(i), "v"});
    EventJson ready(*of), plain(*of);
    // More than the table has places, so that they drive each other out.
    std::vector<SpanSite> sites(round % 10 == 0 ? 600 : 5);
    for (std::size_t i = 0; i < sites.size(); ++i) {
      sites[i].number = 1 + i;
      const std::size_t count = below(i % 7 == 6 ? 40 : 5);
      for (std::size_t k = 0; k < count; ++k) sites[i].keys.push_back(keys[below(keys.size())]);
    }
    for (int i = 0; i < 100; ++i) {
      const std::size_t which = below(sites.size());
      const SpanSite& site = sites[which];
      std::vector<Field> fields;
      for (std::string_view key : site.keys)
        if (below(8)) fields.push_back({key, values[below(std::size(values))]});
      if (below(4) == 0) fields.push_back({keys[below(keys.size())], Value::of(false)});
      SpanBatch batch = one_span(fields, of);
      SpanData& span = batch.spans.front();
      const std::string name = which == 4 ? longer : "site" + std::to_string(which);
      span.name = name;
      if (which % 2) span.code_function = "f", span.code_lineno = std::uint32_t(which);
      span.kind = SpanKind(below(5));
      span.thread_id = std::uint32_t(below(3));
      if (below(2)) span.parent_id = span_id(1);
      span.error = below(5) == 0;
      span.abandoned = below(5) == 0;
      const auto place = SpanPlace(below(4));
      ByteBuffer a, b;
      plain.append_span(a, batch, span, place);
      span.site = &site;
      ready.append_span(b, batch, span, place);
      REQUIRE(a.view() == b.view());
    }
  }
}

TEST_CASE("a span's place in its trace") {
  SpanData span = one_span().spans.front();
  CHECK(span_place(span, true) == SpanPlace::kRoot);
  span.parent_id = span_id(1);
  CHECK(span_place(span, true) == SpanPlace::kSubroot);
  span.local_root = false;
  CHECK(span_place(span, true) == SpanPlace::kMid);
  CHECK(span_place(span, false) == SpanPlace::kLeaf);

  ChildMemory children;
  children.note(span);
  CHECK(children.had_children(span_id(1)));
  CHECK_FALSE(children.had_children(span.span_id));
}
