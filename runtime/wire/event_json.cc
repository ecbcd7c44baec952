#include "wire/event_json.h"

#include <functional>

#include "model/span_kind.h"
#include "wire/hex.h"
#include "wire/json_number.h"
#include "wire/json_text.h"
#include "wire/scalar.h"
#include "wire/version.h"

namespace autospan::wire {
namespace {

constexpr std::size_t kOwnFieldsMax = 24;  // fields that append_span can write itself
constexpr std::size_t kHeadBytes = 512;    // fixed names, ids, duration, kind and marks of a span
constexpr std::size_t kSites = 256;        // direct-mapped; a program's busy sites are few

std::string_view place_name(SpanPlace place) {
  switch (place) {
    case SpanPlace::kRoot:
      return "root";
    case SpanPlace::kSubroot:
      return "subroot";
    case SpanPlace::kMid:
      return "mid";
    case SpanPlace::kLeaf:
      break;
  }
  return "leaf";
}

bool append_member(ByteBuffer& out, std::string_view key, std::string_view text) {
  out.push(',');
  append_json_text(out, key);
  out.push(':');
  return append_json_text(out, text);
}

// Returns whether a text was cut. JSON text goes out as a string: Honeycomb stores nested values as
// one anyway, and a string cannot break the document around it.
bool append_value(ByteBuffer& out, const Value& value) {
  if (is_text(value)) return append_json_text(out, value.text);
  out.set_end(put_scalar(out.reserve(kNumberBytes), value));
  return false;
}

void append_key(ByteBuffer& out, const WireKey& key) {
  out.push(',');
  const std::size_t quote = out.size();
  append_json_text(out, key.key);
  if (key.prefixed) {
    // Rare: make room behind the quote just written.
    const std::size_t end = out.size();
    char* p = out.reserve(WireKey::kPrefix.size());
    char* const name = p - (end - quote) + 1;
    std::memmove(name + WireKey::kPrefix.size(), name, end - quote - 1);
    put(name, WireKey::kPrefix);
    out.set_end(p + WireKey::kPrefix.size());
  }
  out.push(':');
}

bool has(const FieldNames::Found& names, std::size_t count, std::string_view key) {
  for (std::size_t i = 0; i < count; ++i)
    if (names[i]->wire == key) return true;
  return false;
}
// Only the last field of a name counts.
bool comes_again(const FieldNames::Found& names, std::size_t i, std::size_t count) {
  for (std::size_t later = i + 1; later < count; ++later)
    if (names[i] == names[later] || names[i]->wire == names[later]->wire) return true;
  return false;
}

char* put_ids(char* p, const TraceId& trace, const SpanId& parent) {
  p = put(p, R"(,"trace.trace_id":")");
  p = put_hex(p, trace.bytes);
  if (parent.valid()) {  // a root has no such key: null or "" would not be a root for Refinery
    p = put(p, R"(","trace.parent_id":")");
    p = put_hex(p, parent.bytes);
  }
  *p++ = '"';
  return p;
}

}  // namespace

SpanPlace span_place(const SpanData& span, bool had_children) {
  if (!span.parent_id.valid()) return SpanPlace::kRoot;
  if (span.local_root) return SpanPlace::kSubroot;
  return had_children ? SpanPlace::kMid : SpanPlace::kLeaf;
}

EventJson::EventJson(const Resource& resource) {
  ByteBuffer out;
  process_cut_ |= append_member(out, "service.name", resource.service_name);
  process_cut_ |= append_member(out, "service_name", resource.service_name);
  if (!resource.hostname.empty())
    process_cut_ |= append_member(out, "meta.local_hostname", resource.hostname);
  append_member(out, "meta.autospan.version", version());
  if (resource.pid != 0) {
    char* p = put(out.reserve(64), R"(,"process.pid":)");
    out.set_end(put_unsigned(p, resource.pid));
  }
  process_ = out.view();

  std::vector<Field> fields;
  for (const auto& [key, value] : resource.attributes) fields.push_back({key, Value::of(value)});
  distinct_.look_at(fields.data(), fields.size());
  process_cut_ |= distinct_.cut();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!distinct_.keeps(i)) continue;
    const WireKey& key = distinct_.key(i);
    std::string full(key.prefixed ? WireKey::kPrefix : std::string_view());
    full += key.key;
    out.clear();
    process_cut_ |= append_member(out, full, fields[i].value.text);
    attributes_.push_back({std::move(full), std::string(out.view())});
  }
  sites_.resize(kSites);
}

const EventJson::Site& EventJson::site_of(const SpanData& span) {
  // Found by address, believed by content: a table that the addresses came from may be gone.
  const auto mix = reinterpret_cast<std::uintptr_t>(span.name.data()) * 31 +
                   reinterpret_cast<std::uintptr_t>(span.code_function.data()) + span.code_lineno;
  Site& site = sites_[(mix ^ (mix >> 9)) % kSites];
  if (!site.json.empty() && site.lineno == span.code_lineno && site.name == span.name &&
      site.function == span.code_function && site.filepath == span.code_filepath)
    return site;

  ByteBuffer out;
  out.append(R"({"name":)");
  bool cut = append_json_text(out, span.name);
  if (!span.code_function.empty()) cut |= append_member(out, "code.function", span.code_function);
  if (!span.code_filepath.empty()) cut |= append_member(out, "code.filepath", span.code_filepath);
  if (span.code_lineno != 0) {
    char* p = put(out.reserve(64), R"(,"code.lineno":)");
    out.set_end(put_unsigned(p, span.code_lineno));
  }
  site.json.clear();  // if one of these throws, the site is simply not remembered
  site.name = span.name;
  site.function = span.code_function;
  site.filepath = span.code_filepath;
  site.lineno = span.code_lineno;
  site.cut = cut;
  site.json = out.view();
  return site;
}

void EventJson::append_span(ByteBuffer& out, const SpanBatch& batch, const SpanData& span,
                            SpanPlace place) {
  const Site& site = site_of(span);
  char* p = out.reserve(site.json.size() + process_.size() + kHeadBytes);
  p = put(p, site.json);
  p = put_ids(p, span.trace_id, span.parent_id);
  p = put(p, R"(,"trace.span_id":")");
  p = put_hex(p, span.span_id.bytes);
  p = put(p, R"(","duration_ms":)");
  p = put_milliseconds(p, span.duration_ns);
  p = put(p, R"(,"meta.span_type":")");
  p = put(p, place_name(place));
  p = put(p, R"(","span.kind":")");
  p = put(p, model::kind_name(span.kind));
  *p++ = '"';
  if (span.thread_id != 0) p = put_unsigned(put(p, R"(,"thread.id":)"), span.thread_id);
  if (span.error) p = put(p, R"(,"error":true)");
  if (span.unfinished) p = put(p, R"(,"meta.autospan.unfinished":true)");
  if (span.abandoned) p = put(p, R"(,"meta.autospan.abandoned":true)");
  if (span.resent) p = put(p, R"(,"meta.autospan.resent":true)");
  p = put(p, process_);
  out.set_end(p);
  finish(out, batch, span.fields, span.truncated || site.cut || process_cut_);
}

void EventJson::append_event(ByteBuffer& out, const SpanBatch& batch, const SpanEventData& event) {
  out.append(R"({"name":)");
  bool cut = append_json_text(out, event.name);
  if (!event.parent_name.empty()) cut |= append_member(out, "parent_name", event.parent_name);
  char* p = out.reserve(process_.size() + kHeadBytes);
  p = put_ids(p, event.trace_id, event.parent_id);
  p = put(p, R"(,"meta.annotation_type":"span_event")");
  p = put(p, process_);
  out.set_end(p);
  finish(out, batch, event.fields, cut || process_cut_);
}

void EventJson::append_link(ByteBuffer& out, const SpanBatch& batch, const SpanLinkData& link) {
  char* p = out.reserve(process_.size() + kHeadBytes);
  p = put(p, R"({"meta.annotation_type":"link")");
  p = put_ids(p, link.trace_id, link.parent_id);
  p = put(p, R"(,"trace.link.trace_id":")");
  p = put_hex(p, link.linked_trace_id.bytes);
  p = put(p, R"(","trace.link.span_id":")");
  p = put_hex(p, link.linked_span_id.bytes);
  *p++ = '"';
  p = put(p, process_);
  out.set_end(p);
  finish(out, batch, FieldRange{}, process_cut_);
}

void EventJson::finish(ByteBuffer& out, const SpanBatch& batch, FieldRange range, bool cut) {
  cut |= append_fields(out, batch.fields.data() + range.begin, range.count);
  if (cut) out.append(R"(,"meta.autospan.truncated":true)");
  out.push('}');
}

bool EventJson::append_fields(ByteBuffer& out, const Field* fields, std::size_t count) {
  const bool known = count <= FieldNames::kFew && names_.find(fields, count, found_);
  if (!known) distinct_.look_at(fields, count);
  std::size_t room = kEventFieldsMax - kOwnFieldsMax;
  for (const Attribute& attribute : attributes_) {
    // The span's own word wins.
    if (known ? has(found_, count, attribute.key) : distinct_.has(attribute.key)) continue;
    if (room == 0) return true;
    --room;
    out.append(attribute.json);
  }
  bool cut = !known && distinct_.cut();
  for (std::size_t i = 0; i < count; ++i) {
    if (known ? comes_again(found_, i, count) : !distinct_.keeps(i)) continue;
    if (!has_json_form(fields[i].value)) continue;
    if (room == 0) return true;
    --room;
    if (known)
      out.append(found_[i]->json);
    else
      append_key(out, distinct_.key(i));
    cut |= append_value(out, fields[i].value);
  }
  return cut;
}

}  // namespace autospan::wire
