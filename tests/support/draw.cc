#include <fmt/format.h>

#include <set>

#include "recorded_child.h"

namespace autospan::test {
namespace {

struct Drawing {
  const drain::ProcessDump& dump;
  std::vector<const SpanData*> spans;
  std::string out;

  std::string fields(FieldRange range) const {
    std::string text;
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const Field& f = dump.batch.fields[range.begin + i];
      text += fmt::format(" {}={}", f.key, draw_value(f.value));
    }
    return text;
  }

  void draw(const SpanData& span, std::string indent) {
    out += fmt::format("{}{}{}{}{}{}\n", indent, span.name, fields(span.fields),
                       span.error ? " !" : "", span.unfinished ? " …" : "",
                       span.abandoned ? " abandoned" : "");
    indent += "  ";
    for (const SpanEventData& e : dump.batch.events)
      if (e.parent_id == span.span_id)
        out += fmt::format("{}* {}{}\n", indent, e.name, fields(e.fields));
    for (const SpanLinkData& l : dump.batch.links)
      if (l.parent_id == span.span_id) out += fmt::format("{}-> link\n", indent);
    for (const SpanData* child : spans)
      if (child->parent_id == span.span_id) draw(*child, indent);
  }
};

}  // namespace

std::string draw_value(const Value& value) {
  switch (value.type) {
    case Value::Type::kNull: return "null";
    case Value::Type::kBool: return value.boolean ? "true" : "false";
    case Value::Type::kInt: return fmt::format("{}", value.integer);
    case Value::Type::kUint: return fmt::format("{}", value.unsigned_integer);
    case Value::Type::kDouble: return fmt::format("{}", value.real);
    case Value::Type::kFloat: return fmt::format("{}", value.real32);
    case Value::Type::kText:
      return value.text.size() > 60 ? fmt::format("<{} bytes>", value.text.size())
                                    : std::string(value.text);
    case Value::Type::kJson: return std::string(value.text);
  }
  return "?";
}

std::string draw(const drain::ProcessDump& dump) {
  Drawing d{dump, {}, {}};
  for (const SpanData& s : dump.batch.spans) d.spans.push_back(&s);
  for (const drain::OpenSpan& o : dump.open) d.spans.push_back(&o.span);
  // Of one tick: the outer one, which the ring holds after its children.
  std::reverse(d.spans.begin(), d.spans.begin() + std::ptrdiff_t(dump.batch.spans.size()));
  std::multimap<std::int64_t, const SpanData*> by_start;
  for (const SpanData* s : d.spans) by_start.emplace(s->start_unix_ns, s);
  d.spans.clear();
  for (const auto& [start, span] : by_start) d.spans.push_back(span);
  std::set<SpanId> known;
  for (const SpanData* s : d.spans) known.insert(s->span_id);
  for (const SpanData* s : d.spans)
    if (!s->parent_id.valid()) d.draw(*s, "");
    else if (!known.count(s->parent_id)) d.draw(*s, "(remote) ");
  return d.out;
}

}  // namespace autospan::test
