// The test of tests: the strict recorder finds what it is there to find.
#include <algorithm>

#include "batch_rules.h"
#include "matchers.h"

using recorder::check_batch;

namespace {

const std::string kGood =
    R"({"data":{"name":"start","trace.trace_id":"404142434445464748494a4b4c4d4e4f",)"
    R"("trace.span_id":"9091929394959697","duration_ms":0.2,"meta.span_type":"root",)"
    R"("span.kind":"internal","service.name":"s","service_name":"s",)"
    R"("meta.autospan.version":"0.1.0"},"time":"2026-11-24T03:11:49.061519157Z"})";

// The good entry with one thing changed.
std::string with(const std::string& from, const std::string& to) {
  std::string entry = kGood;
  const std::size_t at = entry.find(from);
  REQUIRE(at != entry.npos);
  return "[" + entry.replace(at, from.size(), to) + "]";
}

std::string violations(const std::string& body) {
  const auto batch = check_batch(body);
  std::string all;
  for (const std::string& what : batch.violations) all += what + "; ";
  for (const auto& entry : batch.entries)
    for (const std::string& what : entry.violations) all += what + "; ";
  return all;
}

}  // namespace

TEST_CASE("a good batch breaks no rule") {
  CHECK(violations("[" + kGood + "]") == "");
  CHECK(violations("[" + kGood + "," + kGood + "]") == "");
}

TEST_CASE("each broken rule is named") {
  struct Row {
    std::string body, named;
  };
  const Row rows[] = {
      {"", "not JSON"},
      {"[" + kGood, "not JSON"},
      {"[]", "no array with events"},
      {kGood, "no array with events"},
      {"[1]", "no object"},
      {"[\"\xff\"]", "not JSON"},
      {with("\"data\":{", "\"data\":{\"name\":\"twice\","), "stands twice"},
      {with("\"time\"", "\"when\""), "time is null"},
      {with("2026-11-24T03:11:49.061519157Z", "1795489909"), "time is"},
      {with("157Z\"", "157+01:00\""), "time is"},
      {with("157Z\"", "157Z\",\"samplerate\":1"), "samplerate is 1"},
      {with("157Z\"", "157Z\",\"more\":1"), "key more"},
      {with("404142434445464748494a4b4c4d4e4f", "404142434445464748494A4B4C4D4E4F"),
       "lower-case hex"},
      {with("404142434445464748494a4b4c4d4e4f", "000000000000000048494a4b4c4d4e4f"),
       "8 zero bytes"},
      {with("9091929394959697", "90919293949596"), "trace.span_id"},
      {with("\"trace.span_id\"", "\"trace.parent_id\":\"\",\"trace.span_id\""), "trace.parent_id"},
      {with("\"trace.span_id\"", "\"trace.parent_id\":null,\"trace.span_id\""), "null"},
      {with("\"root\"", "\"leaf\""), "contradicts"},
      {with("0.2", "\"0.2\""), "duration_ms"},
      {with("0.2", "-0.2"), "duration_ms"},
      {with("\"service_name\":\"s\"", "\"service_name\":\"t\""), "differs"},
      {with("\"start\"", "\"\""), "name is missing"},
      {with("0.2", "0.2,\"error\":false"), "error is no true"},
      {with("0.2", "0.2,\"list\":[1]"), "nested"},
      {with("0.2", "0.2,\"\":1"), "without a name"},
      {with("0.2", "0.2,\"meta.refinery.reason\":\"x\""), "Refinery"},
      {with("0.2", "0.2,\"process.pid\":\"1\""), "process.pid"},
      {with("0.2", "0.2,\"meta.annotation_type\":\"span_event\""),
       "must not stand on a span event"},
      {with("0.2", "0.2,\"meta.annotation_type\":\"link\""), "must not stand on a link"},
      {with("0.2", "0.2,\"meta.annotation_type\":\"x\""), "meta.annotation_type"},
      {with("0.2", "0.2,\"text\":\"" + std::string(65'537, 'x') + "\""), "64 KiB"},
  };
  for (const Row& row : rows) {
    INFO(row.body.substr(0, 600));
    CHECK_THAT(violations(row.body), HasText(row.named));
  }
}

TEST_CASE("sizes are measured on the wire's bytes") {
  std::string fields;
  for (int i = 0; i < 16; ++i)
    fields += ",\"k" + std::to_string(i) + "\":\"" + std::string(62'500, 'x') + "\"";
  CHECK_THAT(violations(with("0.2", "0.2" + fields)), HasText("an event of 1000"));
  std::string many;
  for (int i = 0; i < 2'001; ++i) many += ",\"k" + std::to_string(i) + "\":1";
  CHECK_THAT(violations(with("0.2", "0.2" + many)), HasText("fields"));
  std::string body = "[" + kGood;
  while (body.size() < 5'000'000) body += "," + kGood;
  CHECK_THAT(violations(body + "]"), HasText("a body of 500"));
}

TEST_CASE("a body that is not what its encoding says is refused") {
  std::string decoded;
  CHECK(recorder::decode_body("", "x", decoded));
  CHECK_FALSE(recorder::decode_body("zstd", "x", decoded));
  CHECK_FALSE(recorder::decode_body("gzip", "x", decoded));
  CHECK_FALSE(recorder::decode_body("br", "x", decoded));
}
