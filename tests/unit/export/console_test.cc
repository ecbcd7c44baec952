// The console's lines, as a person reads them.
#include "export/console.h"

#include "catch.hpp"
#include "words.h"

using namespace autospan;
using namespace autospan::delivery;

TEST_CASE("a span is one line: time, duration, name, fields, ids") {
  SpanBatch batch = words::spans(1);
  SpanData& span = batch.spans[0];
  span.trace_id = {{0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e,
                    0x47, 0x36}};
  span.span_id = {{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7}};
  span.error = true;
  batch.fields = {{"user", Value::of(std::int64_t{42})},
                  {"email", Value::of(std::string_view("x@y\n"))}};
  span.fields = {0, 2};

  wire::ByteBuffer out;
  append_console_span(out, batch, span);
  const std::string line(out.view());

  CHECK(line.find("       1.000 ms  start  user=42 email=\"x@y\\n\"  ERROR"
                  "  [4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7]\n") != line.npos);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
}

TEST_CASE("an event is one line below its span's id") {
  SpanBatch batch = words::spans(1);
  SpanEventData event;
  event.trace_id = batch.spans[0].trace_id;
  event.parent_id = batch.spans[0].span_id;
  event.name = "cache.miss";
  wire::ByteBuffer out;
  append_console_event(out, batch, event);
  const std::string line(out.view());
  CHECK(line.find("event   cache.miss") != line.npos);
  CHECK(line.substr(line.size() - 3, 3) == "0]\n");
}
