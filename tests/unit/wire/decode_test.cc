// Encoders and decoder as twins: what goes out comes back.
#include <simdjson.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "catch.hpp"
#include "samples.h"
#include "wire/decode_events.h"
#include "wire/event_json.h"
#include "wire/honeycomb_json.h"
#include "wire/ndjson.h"
#include "wire/wire_names.h"

using namespace samples;
using namespace autospan::wire;

namespace {

struct Encoded {
  std::string lines;  // NDJSON
  std::string body;   // of a request
};

Encoded encode(const SpanBatch& batch) {
  EventJson json(*batch.resource);
  ByteBuffer data, lines, body;
  const auto add = [&](std::int64_t time, std::uint32_t rate) {
    append_ndjson_line(lines, data.view(), time, rate, "set");
    body.push(body.empty() ? '[' : ',');
    HoneycombEntry::open(body);
    body.append(data.view());
    HoneycombEntry().close(body, time, rate);
    data.clear();
  };
  for (const SpanData& s : batch.spans) {
    json.append_span(data, batch, s, span_place(s, false));
    add(s.start_unix_ns, s.samplerate);
  }
  for (const SpanEventData& e : batch.events) {
    json.append_event(data, batch, e);
    add(e.time_unix_ns, e.samplerate);
  }
  for (const SpanLinkData& l : batch.links) {
    json.append_link(data, batch, l);
    add(l.time_unix_ns, l.samplerate);
  }
  if (body.empty()) body.push('[');
  body.push(']');
  return {std::string(lines.view()), std::string(body.view())};
}

struct Plain {
  std::string key;
  std::string value;
};

// A value as a reader sees it: kinds that JSON cannot tell apart are one.
std::string plain(const Value& v) {
  char text[64];
  switch (v.type) {
    case Value::Type::kNull:
      return "";
    case Value::Type::kBool:
      return v.boolean ? "true" : "false";
    case Value::Type::kInt:
      return std::to_string(v.integer);
    case Value::Type::kUint:
      return std::to_string(v.unsigned_integer);
    case Value::Type::kDouble:
      snprintf(text, sizeof text, "%a", v.real);
      return text;
    case Value::Type::kFloat:
      return "float";
    default:
      return "\"" + std::string(v.text);
  }
}

bool same_value(const Value& sent, const Value& got) {
  if (sent.type == Value::Type::kFloat)
    return got.type == Value::Type::kDouble && static_cast<float>(got.real) == sent.real32;
  return plain(sent) == plain(got);
}

// What of `range` must arrive, in order: the resource's attributes, then the fields; of a key the
// last, null and NaN absent.
std::vector<std::pair<std::string, Value>> expected(const SpanBatch& batch, FieldRange range) {
  std::vector<std::pair<std::string, Value>> all, out;
  const auto add = [&all](std::string_view key, const Value& value) {
    all.emplace_back((is_wire_name(key) ? "app." : "") + std::string(key), value);
  };
  for (const auto& [key, value] : batch.resource->attributes)
    add(key, Value::of(std::string_view(value)));
  for (std::uint32_t i = 0; i < range.count; ++i)
    add(batch.fields[range.begin + i].key, batch.fields[range.begin + i].value);
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool last = true;
    for (std::size_t j = i + 1; j < all.size(); ++j) last &= all[j].first != all[i].first;
    const Value& v = all[i].second;
    const bool number = (v.type == Value::Type::kDouble && std::isfinite(v.real)) ||
                        (v.type == Value::Type::kFloat && std::isfinite(v.real32)) ||
                        (v.type != Value::Type::kDouble && v.type != Value::Type::kFloat);
    if (last && number && v.type != Value::Type::kNull) out.push_back(all[i]);
  }
  return out;
}

void check_fields(const SpanBatch& sent, FieldRange sent_range, const SpanBatch& got,
                  FieldRange got_range) {
  const auto want = expected(sent, sent_range);
  REQUIRE(got_range.count == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    const Field& field = got.fields[got_range.begin + i];
    REQUIRE(field.key == want[i].first);
    INFO(field.key << ": " << plain(want[i].second) << " / " << plain(field.value));
    REQUIRE(same_value(want[i].second, field.value));
  }
}

void check_same(const SpanBatch& sent, const SpanBatch& got) {
  REQUIRE(got.resource->service_name == sent.resource->service_name);
  REQUIRE(got.resource->hostname == sent.resource->hostname);
  REQUIRE(got.resource->pid == sent.resource->pid);
  REQUIRE(got.spans.size() == sent.spans.size());
  REQUIRE(got.events.size() == sent.events.size());
  REQUIRE(got.links.size() == sent.links.size());
  for (std::size_t i = 0; i < sent.spans.size(); ++i) {
    const SpanData &a = sent.spans[i], &b = got.spans[i];
    REQUIRE(a.trace_id == b.trace_id);
    REQUIRE(a.span_id == b.span_id);
    REQUIRE(a.parent_id == b.parent_id);
    REQUIRE(a.name == b.name);
    REQUIRE(a.start_unix_ns == b.start_unix_ns);
    REQUIRE(a.duration_ns == b.duration_ns);
    REQUIRE(a.kind == b.kind);
    REQUIRE(std::tuple(a.error, a.unfinished, a.abandoned, a.truncated, a.resent, a.local_root) ==
            std::tuple(b.error, b.unfinished, b.abandoned, b.truncated, b.resent, b.local_root));
    REQUIRE(a.samplerate == b.samplerate);
    REQUIRE(a.thread_id == b.thread_id);
    REQUIRE(a.code_function == b.code_function);
    REQUIRE(a.code_filepath == b.code_filepath);
    REQUIRE(a.code_lineno == b.code_lineno);
    check_fields(sent, a.fields, got, b.fields);
  }
  for (std::size_t i = 0; i < sent.events.size(); ++i) {
    const SpanEventData &a = sent.events[i], &b = got.events[i];
    REQUIRE(std::tuple(a.trace_id, a.parent_id, a.name, a.parent_name, a.time_unix_ns) ==
            std::tuple(b.trace_id, b.parent_id, b.name, b.parent_name, b.time_unix_ns));
    check_fields(sent, a.fields, got, b.fields);
  }
  for (std::size_t i = 0; i < sent.links.size(); ++i) {
    const SpanLinkData &a = sent.links[i], &b = got.links[i];
    REQUIRE(std::tuple(a.trace_id, a.parent_id, a.linked_trace_id, a.linked_span_id) ==
            std::tuple(b.trace_id, b.parent_id, b.linked_trace_id, b.linked_span_id));
    REQUIRE(a.time_unix_ns == b.time_unix_ns);
  }
}

}  // namespace

TEST_CASE("a random batch comes back equal from lines and from a request body") {
  for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
    INFO("seed " << seed);
    const SpanBatch sent = Random(seed, true).batch();
    if (sent.empty()) continue;
    const Encoded encoded = encode(sent);

    EventDecoder decoder;
    decoder.add_lines(encoded.lines);
    REQUIRE(decoder.damaged() + decoder.foreign() == 0);
    std::vector<DecodedGroup> groups = decoder.take();
    REQUIRE(groups.size() == 1);
    REQUIRE(groups.front().dataset == "set");
    check_same(sent, groups.front().batch);

    REQUIRE(decoder.add_batch(encoded.body));
    groups = decoder.take();
    REQUIRE(groups.size() == 1);
    check_same(sent, groups.front().batch);
  }
}

TEST_CASE("whatever a program held, two other parsers accept the bytes and the decoder too") {
  simdjson::dom::parser parser;
  for (std::uint32_t seed = 0; seed < 1'000; ++seed) {
    INFO("seed " << seed);
    const SpanBatch sent = Random(seed, false).batch();
    const Encoded encoded = encode(sent);
    REQUIRE(nlohmann::json::parse(encoded.body).size() == sent.items());
    REQUIRE(parser.parse(encoded.body).get_array().size() == sent.items());
    EventDecoder decoder;
    REQUIRE(decoder.add_batch(encoded.body));
    REQUIRE(decoder.damaged() + decoder.foreign() == 0);
  }
}

TEST_CASE("lines of several processes and datasets come back in groups") {
  std::string lines;
  for (const char* service : {"a", "b", "a"})
    lines += encode(one_span({}, resource(service))).lines;
  EventDecoder decoder;
  decoder.add_lines(lines);
  const auto groups = decoder.take();
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].batch.resource->service_name == "a");
  CHECK(groups[0].batch.spans.size() == 2);
  CHECK(groups[1].batch.spans.size() == 1);
}

TEST_CASE("a torn file gives every whole line and a count of the others") {
  const std::string line = encode(one_span()).lines;
  EventDecoder decoder;
  decoder.add_lines(line + "\n" + line.substr(0, 100) + "\n" + line + line.substr(0, 50));
  CHECK(decoder.damaged() == 2);
  CHECK(decoder.take().front().batch.spans.size() == 2);
}

TEST_CASE("every cut of a line is damage, never a crash or a span") {
  const std::string line = encode(Random(11, true).batch()).lines;
  const std::string first = line.substr(0, line.find('\n'));
  for (std::size_t length = 0; length < first.size(); ++length) {
    EventDecoder decoder;
    REQUIRE(decoder.add(first.substr(0, length)) == EventDecoder::Outcome::kDamaged);
  }
}

TEST_CASE("JSON that is no span of ours is foreign or damaged, as it is") {
  using Outcome = EventDecoder::Outcome;
  EventDecoder decoder;
  const auto add = [&](const char* data) {
    return decoder.add(std::string(R"({"time":"2026-11-24T03:11:49Z","data":)") + data + "}");
  };
  CHECK(add("{}") == Outcome::kForeign);
  CHECK(add(R"({"trace.trace_id":"xyz","trace.span_id":"0102030405060708"})") == Outcome::kForeign);
  CHECK(add(R"({"trace.trace_id":"404142434445464748494a4b4c4d4e4f"})") == Outcome::kForeign);
  CHECK(add("[]") == Outcome::kDamaged);
  CHECK(decoder.add(R"({"data":{"trace.trace_id":"404142434445464748494a4b4c4d4e4f",)"
                    R"("trace.span_id":"0102030405060708"}})") == Outcome::kDamaged);
  CHECK(decoder.add("[1]") == Outcome::kDamaged);
  CHECK(decoder.add("") == Outcome::kDamaged);
  CHECK(decoder.foreign() == 3);
}

TEST_CASE("a known name of another type stays a field, nested values stay JSON") {
  EventDecoder decoder;
  REQUIRE(
      decoder.add(R"({"samplerate":0,"data":{"trace.trace_id":"404142434445464748494A4B4C4D4E4F",)"
                  R"("trace.span_id":"0102030405060708","name":7,"error":"boom",)"
                  R"("list":[1,{"a":2}],"gone":null},"more":{},"time":"2026-11-24T03:11:49Z"})") ==
      EventDecoder::Outcome::kSpan);
  const auto groups = decoder.take();
  const SpanBatch& batch = groups.front().batch;
  REQUIRE(batch.fields.size() == 3);
  CHECK(batch.fields[0].value.integer == 7);
  CHECK(batch.fields[1].value.text == "boom");
  CHECK(batch.fields[2].value.type == Value::Type::kJson);
  CHECK(batch.fields[2].value.text == R"([1,{"a":2}])");
  CHECK(batch.spans.front().samplerate == 1);
}
