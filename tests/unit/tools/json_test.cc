#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "span_json.h"
#include "trace_story.h"

using autospan::Value;
using nlohmann::json;
using story::Story;

namespace {

json spans_of(const Story& story) {
  autospan::wire::ByteBuffer out;
  autospan::cli::append_spans_json(out, story.set());
  return json::parse(out.view());
}

}  // namespace

TEST_CASE("a span in JSON has the one shape") {
  Story job;
  job.span("start", 1, 0, 0, 1.5).field("user", "ada").event("cache miss", 1).link(7);
  job.last().thread_id = 12;

  CHECK(spans_of(job)[0] == json::parse(R"({
    "name": "start", "trace_id": "aa0102030405060708090a0b0c0d0e0f", "span_id": "0000000000000001",
    "parent_id": null, "kind": "internal", "start": "2027-01-15T08:00:00.000000000Z",
    "duration_ms": 1.5, "status": "ok", "fields": {"user": "ada", "thread.id": 12},
    "events": [{"name": "cache miss", "time": "2027-01-15T08:00:00.001000000Z", "fields": {}}],
    "links": [{"trace_id": "aa0102030405060708090a0b0c0d0e0f", "span_id": "0000000000000007"}],
    "process": {"pid": 4711, "service": "billing"}})"));
}

TEST_CASE("a span that has not ended has an age instead of a duration") {
  Story job;
  job.span("start", 1, 0, 0, 10).unfinished();

  const json span = spans_of(job)[0];

  CHECK(span["status"] == "unfinished");
  CHECK(span["duration_ms"].is_null());
  CHECK(span["age_ms"] == 10.0);
}

TEST_CASE("values keep their types and their last digit") {
  Story job;
  job.span("start", 1, 0, 0, 1)
      .field("big", Value::of(std::uint64_t{18'446'744'073'709'551'615u}))
      .field("small", Value::of(std::int64_t{INT64_MIN}))
      .field("yes", Value::of(true))
      .field("half", Value::of(0.5))
      .field("nan", Value::of(std::numeric_limits<double>::quiet_NaN()))
      .field("list", Value::json("[1,2]"))
      .field("quote", "q\"k\n\x1b")
      .field("twice", 1)
      .field("twice", 2)
      .error("no");

  const json fields = spans_of(job)[0]["fields"];

  CHECK(fields["big"] == 18'446'744'073'709'551'615u);
  CHECK(fields["small"] == INT64_MIN);
  CHECK(fields["yes"] == true);
  CHECK(fields["half"] == 0.5);
  CHECK(fields["nan"].is_null());
  CHECK(fields["list"] == "[1,2]");
  CHECK(fields["quote"] == "q\"k\n\x1b");
  CHECK(fields["twice"] == 2);
  CHECK(fields["error"] == true);
  CHECK(spans_of(job)[0]["status"] == "error");
}
