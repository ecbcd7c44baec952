#include "span_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "duration_text.h"
#include "id_text.h"
#include "model/span_kind.h"
#include "text_width.h"
#include "time_math.h"
#include "value_text.h"

namespace autospan::cli {
namespace {

constexpr std::size_t kTellingMax = 8;  // a row has no room for more
constexpr std::size_t kTellingValueColumns = 32;

constexpr std::string_view kNotTelling[] = {
    "code.",      "meta.",    "exception.", "error.", "thread.", "process.", "service.",
    "telemetry.", "library.", "host.",      "os.",    "span.",   "job.",
};

bool is_telling(const Field& field) {
  if (field.value.type == Value::Type::kNull) return false;
  return std::none_of(std::begin(kNotTelling), std::end(kNotTelling), [&](std::string_view prefix) {
    return field.key.substr(0, prefix.size()) == prefix;
  });
}

// Of an argument whose type alone is known (<std::vector<User>>) or that is empty.
bool is_mute(const Value& value) {
  if (value.type != Value::Type::kText) return false;
  return value.text.empty() || (value.text.front() == '<' && value.text.back() == '>');
}

std::string short_text(const Field& field) {
  return printable(field.key) + "=" +
         cut_to_width(printable(value_text(field.value)), kTellingValueColumns);
}

std::string joined_fields(const SpanBatch& batch, FieldRange fields) {
  std::string out;
  for (std::uint32_t i = 0; i < fields.count; ++i) {
    const Field& field = batch.fields[fields.begin + i];
    out += fmt::format("  {}={}", printable(field.key), printable(value_text(field.value)));
  }
  return out;
}

void add_own_facts(std::vector<std::string>& lines, const SpanRef& ref) {
  const SpanData& span = *ref.span;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) lines.push_back(fmt::format("{} = {}", key, printable(value)));
  };
  add("code.function", span.code_function);
  if (span.code_lineno != 0)
    add("code.filepath", fmt::format("{}:{}", span.code_filepath, span.code_lineno));
  else
    add("code.filepath", span.code_filepath);
  if (span.kind != SpanKind::kInternal) add("span.kind", model::kind_name(span.kind));
  if (span.thread_id != 0) add("thread.id", std::to_string(span.thread_id));
  if (span.samplerate > 1) add("samplerate", std::to_string(span.samplerate));
  if (span.truncated) add("meta.autospan.truncated", "true");
  if (span.resent) add("meta.autospan.resent", "true");
  add("trace.span_id", id_text(span.span_id));
}

}  // namespace

std::vector<std::string> telling_fields(const SpanRef& ref) {
  std::vector<std::string> plain, dotted, mute;
  const FieldRange range = ref.span->fields;
  for (std::uint32_t i = 0; i < range.count && plain.size() < kTellingMax; ++i) {
    const Field& field = ref.batch->fields[range.begin + i];
    if (!is_telling(field)) continue;
    const bool is_plain = field.key.find('.') == field.key.npos;
    (is_mute(field.value) ? mute : is_plain ? plain : dotted).push_back(short_text(field));
  }
  plain.insert(plain.end(), dotted.begin(), dotted.end());
  plain.insert(plain.end(), mute.begin(), mute.end());
  if (plain.size() > kTellingMax) plain.resize(kTellingMax);
  return plain;
}

std::string error_message(const SpanRef& ref) {
  if (!ref.span->error) return {};
  const auto field = [&](std::string_view key) {
    return std::string(text_field(*ref.batch, ref.span->fields, key));
  };
  std::string type = field("exception.type");
  for (std::string_view key : {"exception.message", "error.message", "status_message", "app.error"})
    if (std::string message = field(key); !message.empty())
      return printable(type.empty() ? message : type + ": " + message);
  return printable(type.empty() ? field("error.type") : type);
}

std::vector<std::string> all_facts(const SpanSet& set, const SpanRef& ref) {
  std::vector<std::string> lines;
  const FieldRange range = ref.span->fields;
  for (std::uint32_t i = 0; i < range.count; ++i) {
    const Field& field = ref.batch->fields[range.begin + i];
    lines.push_back(
        fmt::format("{} = {}", printable(field.key), printable(value_text(field.value))));
  }
  add_own_facts(lines, ref);
  for (const EventRef& e : set.events_of(*ref.span))
    lines.push_back(
        fmt::format("• {}  +{}{}", printable(e.event->name),
                    duration_text(saturated_sub(e.event->time_unix_ns, ref.span->start_unix_ns)),
                    joined_fields(*e.batch, e.event->fields)));
  for (const LinkRef& l : set.links_of(*ref.span))
    lines.push_back(fmt::format("→ linked to trace {} span {}", id_text(l.link->linked_trace_id),
                                id_text(l.link->linked_span_id)));
  return lines;
}

}  // namespace autospan::cli
