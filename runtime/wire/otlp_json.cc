#include "wire/otlp_json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "wire/distinct_fields.h"
#include "wire/hex.h"
#include "wire/items_by_span.h"
#include "wire/json_number.h"
#include "wire/json_text.h"
#include "wire/limits.h"
#include "wire/version.h"

namespace autospan::wire {
namespace {

constexpr int kStatusError = 2;  // STATUS_CODE_ERROR; 0 is unset

void append_quoted_unsigned(ByteBuffer& out, std::uint64_t number) {
  char* p = out.reserve(kNumberBytes + 2);
  *p++ = '"';
  p = put_unsigned(p, number);
  *p++ = '"';
  out.set_end(p);
}

template <typename Id>
void append_id(ByteBuffer& out, std::string_view key, const Id& id) {
  char* p = out.reserve(key.size() + 2 * id.bytes.size() + 2);
  p = put(p, key);
  *p++ = '"';
  p = put_hex(p, id.bytes);
  *p++ = '"';
  out.set_end(p);
}

// fixed64: a time before 1970 has no form.
void append_time(ByteBuffer& out, std::string_view key, std::int64_t unix_ns) {
  out.append(key);
  append_quoted_unsigned(out, unix_ns < 0 ? 0 : static_cast<std::uint64_t>(unix_ns));
}

std::int64_t end_of(const SpanData& span) {
  std::int64_t end = 0;
  return __builtin_add_overflow(span.start_unix_ns, span.duration_ns, &end)
             ? std::numeric_limits<std::int64_t>::max()
             : end;
}

void append_real(ByteBuffer& out, double real) {
  out.append(R"({"doubleValue":)");
  if (std::isnan(real))
    out.append(R"("NaN")");
  else if (std::isinf(real))
    out.append(real > 0 ? R"("Infinity")" : R"("-Infinity")");
  else
    out.set_end(put_real(out.reserve(kNumberBytes), real));
  out.push('}');
}

bool append_string(ByteBuffer& out, std::string_view text) {
  out.append(R"({"stringValue":)");
  const bool cut = append_json_text(out, text);
  out.push('}');
  return cut;
}

// An AnyValue. Beyond int64 an integer is a string, as OpenTelemetry asks.
bool append_any(ByteBuffer& out, const Value& value) {
  switch (value.type) {
    case Value::Type::kNull:
      out.append("{}");
      return false;
    case Value::Type::kBool:
      out.append(value.boolean ? R"({"boolValue":true})" : R"({"boolValue":false})");
      return false;
    case Value::Type::kInt:
    case Value::Type::kUint: {
      const bool large =
          value.type == Value::Type::kUint &&
          value.unsigned_integer > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
      char* p =
          put(out.reserve(kNumberBytes + 32), large ? R"({"stringValue":")" : R"({"intValue":")");
      p = value.type == Value::Type::kUint ? put_unsigned(p, value.unsigned_integer)
                                           : put_integer(p, value.integer);
      out.set_end(put(p, R"("})"));
      return false;
    }
    case Value::Type::kDouble:
      append_real(out, value.real);
      return false;
    case Value::Type::kFloat:
      append_real(out, double(value.real32));
      return false;
    case Value::Type::kText:
    case Value::Type::kJson:
      break;
  }
  return append_string(out, value.text);
}

// One object's attributes: [ … ], each key once.
class Attributes {
 public:
  explicit Attributes(ByteBuffer& out) : out_(out) { out_.append(R"("attributes":[)"); }
  void add(std::string_view key, const Value& value) {
    open(key);
    cut_ |= append_any(out_, value);
    out_.push('}');
  }
  void mark(bool set, std::string_view key) {
    if (set) add(key, Value::of(true));
  }
  void add_fields(const SpanBatch& batch, FieldRange range, DistinctFields& distinct) {
    const Field* const fields = batch.fields.data() + range.begin;
    distinct.look_at(fields, range.count);
    cut_ |= distinct.cut();
    for (std::uint32_t i = 0; i < range.count; ++i) {
      if (!distinct.keeps(i)) continue;
      if (count_ >= kEventFieldsMax) {
        cut_ = true;
        return;
      }
      const WireKey& key = distinct.key(i);
      add(key.prefixed ? std::string(WireKey::kPrefix) + std::string(key.key)
                       : std::string(key.key),
          fields[i].value);
    }
  }
  bool cut() const { return cut_; }
  void close() { out_.push(']'); }

 private:
  void open(std::string_view key) {
    out_.append(count_++ == 0 ? R"({"key":)" : R"(,{"key":)");
    append_json_text(out_, key);
    out_.append(R"(,"value":)");
  }
  ByteBuffer& out_;
  std::size_t count_ = 0;
  bool cut_ = false;
};

// Of each key the last value: what the user says of the resource comes after what we found out.
void append_resource(ByteBuffer& out, const Resource& resource, const std::vector<Field>& about) {
  const auto text = [](std::string_view s) { return Value::of(s); };
  std::vector<Field> all = {{"service.name", text(resource.service_name)},
                            {"telemetry.sdk.name", text("autospan")},
                            {"telemetry.sdk.language", text("cpp")},
                            {"telemetry.sdk.version", text(version())}};
  if (!resource.hostname.empty()) all.push_back({"host.name", text(resource.hostname)});
  if (resource.pid != 0) all.push_back({"process.pid", Value::of(std::int64_t{resource.pid})});
  if (!resource.program.empty()) all.push_back({"process.executable.name", text(resource.program)});
  for (const auto& [key, value] : resource.attributes) all.push_back({key, text(value)});
  all.insert(all.end(), about.begin(), about.end());
  out.append(R"("resource":{)");
  Attributes attributes(out);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto same = [&](const Field& later) { return later.key == all[i].key; };
    if (std::none_of(all.begin() + std::ptrdiff_t(i) + 1, all.end(), same))
      attributes.add(all[i].key, all[i].value);
  }
  attributes.close();
  out.push('}');
}

// What went wrong in words, where the span says so.
std::string_view status_message(const SpanBatch& batch, const SpanData& span) {
  std::string_view message;
  for (std::uint32_t i = 0; i < span.fields.count; ++i) {
    const Field& field = batch.fields[span.fields.begin + i];
    if (field.value.type == Value::Type::kText &&
        (field.key == "exception.message" || field.key == "error.message"))
      message = field.value.text;
  }
  return message;
}

void append_status(ByteBuffer& out, const SpanBatch& batch, const SpanData& span) {
  if (!span.error) return out.append(R"("status":{})");
  out.append(R"("status":{"code":)");
  out.set_end(put_integer(out.reserve(kNumberBytes), kStatusError));
  if (const std::string_view message = status_message(batch, span); !message.empty()) {
    out.append(R"(,"message":)");
    append_json_text(out, message);
  }
  out.push('}');
}

void append_events(ByteBuffer& out, const SpanBatch& batch,
                   ItemsBySpan<SpanEventData>::Range events, DistinctFields& distinct) {
  if (events.size() == 0) return;
  out.append(R"("events":[)");
  bool first = true;
  for (const SpanEventData* event : events) {
    append_time(out, first ? R"({"timeUnixNano":)" : R"(,{"timeUnixNano":)", event->time_unix_ns);
    first = false;
    out.append(R"(,"name":)");
    append_json_text(out, event->name);
    out.push(',');
    Attributes attributes(out);
    attributes.add_fields(batch, event->fields, distinct);
    attributes.close();
    out.push('}');
  }
  out.append("],");
}

void append_links(ByteBuffer& out, ItemsBySpan<SpanLinkData>::Range links) {
  if (links.size() == 0) return;
  out.append(R"("links":[)");
  bool first = true;
  for (const SpanLinkData* link : links) {
    append_id(out, first ? R"({"traceId":)" : R"(,{"traceId":)", link->linked_trace_id);
    first = false;
    append_id(out, R"(,"spanId":)", link->linked_span_id);
    out.push('}');
  }
  out.append("],");
}

void append_span_attributes(ByteBuffer& out, const SpanBatch& batch, const SpanData& span,
                            DistinctFields& distinct) {
  Attributes attributes(out);
  if (!span.code_function.empty()) attributes.add("code.function", Value::of(span.code_function));
  if (!span.code_filepath.empty()) attributes.add("code.filepath", Value::of(span.code_filepath));
  if (span.code_lineno != 0)
    attributes.add("code.lineno", Value::of(std::int64_t{span.code_lineno}));
  if (span.thread_id != 0) attributes.add("thread.id", Value::of(std::int64_t{span.thread_id}));
  // Honeycomb weighs by it.
  if (span.samplerate > 1) attributes.add("SampleRate", Value::of(std::int64_t{span.samplerate}));
  attributes.mark(span.unfinished, "meta.autospan.unfinished");
  attributes.mark(span.abandoned, "meta.autospan.abandoned");
  attributes.mark(span.resent, "meta.autospan.resent");
  attributes.add_fields(batch, span.fields, distinct);
  attributes.mark(span.truncated || attributes.cut(), "meta.autospan.truncated");
  attributes.close();
}

}  // namespace

std::uint64_t append_otlp_json(ByteBuffer& out, const SpanBatch& batch,
                               const std::vector<Field>& about) {
  const ItemsBySpan<SpanEventData> events(batch.events);
  const ItemsBySpan<SpanLinkData> links(batch.links);
  DistinctFields distinct;
  std::uint64_t placed = 0;
  out.append(R"({"resourceSpans":[{)");
  append_resource(out, *batch.resource, about);
  out.append(R"(,"scopeSpans":[{"scope":{"name":"autospan","version":)");
  append_json_text(out, version());
  out.append(R"(},"spans":[)");
  bool first = true;
  for (const SpanData& span : batch.spans) {
    append_id(out, first ? R"({"traceId":)" : R"(,{"traceId":)", span.trace_id);
    first = false;
    append_id(out, R"(,"spanId":)", span.span_id);
    if (span.parent_id.valid()) append_id(out, R"(,"parentSpanId":)", span.parent_id);
    out.append(R"(,"name":)");
    append_json_text(out, span.name);
    out.append(R"(,"kind":)");  // SPAN_KIND_INTERNAL is 1, in the order of SpanKind
    out.set_end(put_integer(out.reserve(kNumberBytes), std::int64_t(span.kind) + 1));
    append_time(out, R"(,"startTimeUnixNano":)", span.start_unix_ns);
    append_time(out, R"(,"endTimeUnixNano":)", end_of(span));
    out.push(',');
    append_span_attributes(out, batch, span, distinct);
    out.push(',');
    append_events(out, batch, events.of(span), distinct);
    append_links(out, links.of(span));
    placed += events.of(span).size() + links.of(span).size();
    append_status(out, batch, span);
    out.push('}');
  }
  out.append("]}]}]}\n");
  const std::uint64_t all = batch.events.size() + batch.links.size();
  return all > placed ? all - placed : 0;
}

}  // namespace autospan::wire
