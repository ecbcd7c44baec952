// Texts are written as JSON strings: nothing that a program recorded may drive the terminal.
#include "export/console.h"

#include <fmt/format.h>

#include <iterator>

#include "wire/hex.h"
#include "wire/json_number.h"
#include "wire/json_text.h"
#include "wire/scalar.h"
#include "wire/time_text.h"

namespace autospan::delivery {
namespace {

constexpr std::size_t kTextShown = 200;

void append_time_of_day(wire::ByteBuffer& out, std::int64_t unix_ns) {
  char time[wire::kTimeBytes];
  wire::put_time(time, unix_ns);
  out.append({time + 11, 15});  // HH:MM:SS.mmmmmm
}

void append_name(wire::ByteBuffer& out, std::string_view name) {
  const std::size_t begin = out.size();
  wire::append_json_text(out, name, kTextShown);
  char* const quoted = out.reserve(0) - (out.size() - begin);
  const std::size_t inner = out.size() - begin - 2;  // without its quotes
  std::memmove(quoted, quoted + 1, inner);
  out.shorten(begin + inner);
}

void append_value(wire::ByteBuffer& out, const Value& value) {
  if (wire::is_text(value))
    wire::append_json_text(out, value.text, kTextShown);
  else
    out.set_end(wire::put_scalar(out.reserve(wire::kNumberBytes), value));
}

void append_fields(wire::ByteBuffer& out, const SpanBatch& batch, FieldRange range) {
  for (std::uint32_t i = 0; i < range.count; ++i) {
    const Field& field = batch.fields[range.begin + i];
    out.append(i == 0 ? "  " : " ");
    append_name(out, field.key);
    out.push('=');
    append_value(out, field.value);
  }
}

void append_ids(wire::ByteBuffer& out, const TraceId& trace, const SpanId& span) {
  constexpr std::size_t kBytes = sizeof("  [") - 1 + 2 * (sizeof trace.bytes + sizeof span.bytes) + 2;
  char text[kBytes] = {' ', ' ', '['};
  char* p = wire::put_hex(text + 3, trace.bytes);
  *p++ = '/';
  p = wire::put_hex(p, span.bytes);
  *p++ = ']';
  out.append({text, static_cast<std::size_t>(p - text)});
}

}  // namespace

void append_console_span(wire::ByteBuffer& out, const SpanBatch& batch, const SpanData& span) {
  append_time_of_day(out, span.start_unix_ns);
  out.append(fmt::format("{:>12.3f} ms  ", static_cast<double>(span.duration_ns) / 1e6));
  append_name(out, span.name);
  append_fields(out, batch, span.fields);
  if (span.error) out.append("  ERROR");
  if (span.unfinished) out.append("  unfinished");
  append_ids(out, span.trace_id, span.span_id);
  out.push('\n');
}

void append_console_event(wire::ByteBuffer& out, const SpanBatch& batch,
                          const SpanEventData& event) {
  append_time_of_day(out, event.time_unix_ns);
  out.append("        event   ");
  append_name(out, event.name);
  append_fields(out, batch, event.fields);
  append_ids(out, event.trace_id, event.parent_id);
  out.push('\n');
}

}  // namespace autospan::delivery
