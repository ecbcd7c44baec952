#include "span_json.h"

#include "id_text.h"
#include "model/span_kind.h"
#include "wire/distinct_fields.h"
#include "wire/json_number.h"
#include "wire/json_text.h"
#include "wire/scalar.h"
#include "wire/time_text.h"

namespace autospan::cli {
namespace {

constexpr std::size_t kNoCut = SIZE_MAX;

void append_number(wire::ByteBuffer& out, std::int64_t number) {
  out.set_end(wire::put_integer(out.reserve(wire::kNumberBytes), number));
}

// As the wire has it: JSON text is a string, and what JSON has no number for is null.
void append_value(wire::ByteBuffer& out, const Value& value) {
  if (wire::is_text(value)) {
    wire::append_json_text(out, value.text, kNoCut);
    return;
  }
  if (!wire::has_json_form(value)) return out.append("null");
  out.set_end(wire::put_scalar(out.reserve(wire::kNumberBytes), value));
}

// Of each key the last value, under the name that the wire gives it.
void append_user_fields(wire::ByteBuffer& out, const SpanBatch& batch, FieldRange range) {
  wire::DistinctFields distinct;
  const Field* const fields = batch.fields.data() + range.begin;
  distinct.look_at(fields, range.count);
  for (std::uint32_t i = 0; i < range.count; ++i) {
    if (!distinct.keeps(i)) continue;
    const wire::WireKey& key = distinct.key(i);
    append_json_key(
        out, (key.prefixed ? std::string(wire::WireKey::kPrefix) : "") + std::string(key.key));
    append_value(out, fields[i].value);
  }
}

void append_fields(wire::ByteBuffer& out, const SpanBatch& batch, const SpanData& span) {
  append_json_key(out, "fields");
  out.push('{');
  append_user_fields(out, batch, span.fields);
  const auto mark = [&](bool set, std::string_view key) {
    if (!set) return;
    append_json_key(out, key);
    out.append("true");
  };
  if (!span.code_function.empty()) append_json_member(out, "code.function", span.code_function);
  if (!span.code_filepath.empty()) append_json_member(out, "code.filepath", span.code_filepath);
  if (span.code_lineno != 0) append_json_member(out, "code.lineno", std::int64_t{span.code_lineno});
  if (span.thread_id != 0) append_json_member(out, "thread.id", std::int64_t{span.thread_id});
  if (span.samplerate > 1) append_json_member(out, "samplerate", std::int64_t{span.samplerate});
  mark(span.error, "error");
  mark(span.abandoned, "meta.autospan.abandoned");
  mark(span.truncated, "meta.autospan.truncated");
  mark(span.resent, "meta.autospan.resent");
  out.push('}');
}

void append_events(wire::ByteBuffer& out, const SpanSet& set, const SpanData& span) {
  append_json_key(out, "events");
  out.push('[');
  bool first = true;
  for (const EventRef& e : set.events_of(span)) {
    out.append(first ? "{" : ",{");
    first = false;
    append_json_member(out, "name", e.event->name);
    append_json_time(out, "time", e.event->time_unix_ns);
    append_json_key(out, "fields");
    out.push('{');
    append_user_fields(out, *e.batch, e.event->fields);
    out.append("}}");
  }
  out.push(']');
}

void append_links(wire::ByteBuffer& out, const SpanSet& set, const SpanData& span) {
  append_json_key(out, "links");
  out.push('[');
  bool first = true;
  for (const LinkRef& l : set.links_of(span)) {
    out.append(first ? "{" : ",{");
    first = false;
    append_json_member(out, "trace_id", id_text(l.link->linked_trace_id));
    append_json_member(out, "span_id", id_text(l.link->linked_span_id));
    out.push('}');
  }
  out.push(']');
}

}  // namespace

void append_json_key(wire::ByteBuffer& out, std::string_view key) {
  const bool first = out.empty() || out.view().back() == '{';
  if (!first) out.push(',');
  wire::append_json_text(out, key, kNoCut);
  out.push(':');
}

void append_json_member(wire::ByteBuffer& out, std::string_view key, std::string_view text) {
  append_json_key(out, key);
  wire::append_json_text(out, text, kNoCut);
}

void append_json_member(wire::ByteBuffer& out, std::string_view key, std::int64_t number) {
  append_json_key(out, key);
  append_number(out, number);
}

void append_json_time(wire::ByteBuffer& out, std::string_view key, std::int64_t unix_ns) {
  char text[wire::kTimeBytes];
  wire::put_time(text, unix_ns);
  append_json_member(out, key, std::string_view(text, sizeof text));
}

void append_json_ms(wire::ByteBuffer& out, std::string_view key, std::int64_t ns) {
  append_json_key(out, key);
  out.set_end(wire::put_milliseconds(out.reserve(wire::kNumberBytes), ns));
}

void append_span_json(wire::ByteBuffer& out, const SpanSet& set, const SpanRef& ref, bool open) {
  const SpanData& span = *ref.span;
  const Resource& resource = *ref.batch->resource;
  const bool unfinished = open || span.unfinished;
  out.push('{');
  append_json_member(out, "name", span.name);
  append_json_member(out, "trace_id", id_text(span.trace_id));
  append_json_member(out, "span_id", id_text(span.span_id));
  append_json_key(out, "parent_id");
  if (span.parent_id.valid())
    wire::append_json_text(out, id_text(span.parent_id));
  else
    out.append("null");
  append_json_member(out, "kind", model::kind_name(span.kind));
  append_json_time(out, "start", span.start_unix_ns);
  append_json_key(out, "duration_ms");
  if (unfinished) {
    out.append("null");
    append_json_ms(out, "age_ms", span.duration_ns);
  } else {
    out.set_end(wire::put_milliseconds(out.reserve(wire::kNumberBytes), span.duration_ns));
  }
  append_json_member(out, "status",
                     std::string_view(unfinished   ? "unfinished"
                                      : span.error ? "error"
                                                   : "ok"));
  append_fields(out, *ref.batch, span);
  append_events(out, set, span);
  append_links(out, set, span);
  append_json_key(out, "process");
  out.push('{');
  append_json_member(out, "pid", std::int64_t{resource.pid});
  append_json_member(out, "service", resource.service_name);
  out.append("}}");
}

void append_spans_json(wire::ByteBuffer& out, const SpanSet& set) {
  out.push('[');
  bool first = true;
  for (const SpanRef& ref : set.spans) {
    if (!first) out.push(',');
    first = false;
    append_span_json(out, set, ref, false);
  }
  out.push(']');
}

}  // namespace autospan::cli
