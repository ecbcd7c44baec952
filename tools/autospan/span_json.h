// The one shape of a span in every --json (design §7):
//   {name, trace_id, span_id, parent_id|null, kind, start, duration_ms|null,
//    status: "ok"|"error"|"unfinished", fields: {…}, events: [{name, time, fields}],
//    links: [{trace_id, span_id}], process: {pid, service}}
// A span that has not ended has no duration: null, and its age as age_ms beside it.
#pragma once

#include "span_set.h"
#include "wire/byte_buffer.h"

namespace autospan::cli {

inline constexpr int kJsonSchema = 1;

// Appends one object. `open`: whether it has not ended, whoever says so.
void append_span_json(wire::ByteBuffer& out, const SpanSet& set, const SpanRef& ref, bool open);
// [ … ] of the set's spans, in its order.
void append_spans_json(wire::ByteBuffer& out, const SpanSet& set);

// "key":  with a comma before it unless the last byte opens an object.
void append_json_key(wire::ByteBuffer& out, std::string_view key);
void append_json_member(wire::ByteBuffer& out, std::string_view key, std::string_view text);
void append_json_member(wire::ByteBuffer& out, std::string_view key, std::int64_t number);
void append_json_time(wire::ByteBuffer& out, std::string_view key, std::int64_t unix_ns);
void append_json_ms(wire::ByteBuffer& out, std::string_view key, std::int64_t ns);

}  // namespace autospan::cli
