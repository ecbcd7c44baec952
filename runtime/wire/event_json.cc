#include "wire/event_json.h"

#include <array>

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
constexpr std::string_view place_name(SpanPlace place) {
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

// ,"meta.span_type":"…","span.kind":"…" for each place and kind.
struct Role {
  static constexpr std::size_t kRoom = 64;
  char text[kRoom];
  std::size_t bytes;
};
constexpr std::size_t kPlaces = 4, kKinds = 5;
constexpr auto kRoles = [] {
  std::array<std::array<Role, kKinds>, kPlaces> roles{};
  for (std::size_t place = 0; place < kPlaces; ++place)
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      Role& role = roles[place][kind];
      for (std::string_view part :
           {std::string_view(R"(,"meta.span_type":")"), place_name(SpanPlace(place)),
            std::string_view(R"(","span.kind":")"), model::kind_name(SpanKind(kind)),
            std::string_view("\"")})
        for (char c : part) role.text[role.bytes++] = c;
    }
  return roles;
}();
char* put_role(char* p, SpanPlace place, SpanKind kind) {
  const Role& role = kRoles[std::size_t(place)][std::size_t(kind)];
  std::memcpy(p, role.text, Role::kRoom);
  return p + role.bytes;
}

bool is_marked(const SpanData& span) {
  return span.error | span.unfinished | span.abandoned | span.resent;
}
char* put_marks(char* p, const SpanData& span) {
  if (span.error) p = put(p, R"(,"error":true)");
  if (span.unfinished) p = put(p, R"(,"meta.autospan.unfinished":true)");
  if (span.abandoned) p = put(p, R"(,"meta.autospan.abandoned":true)");
  if (span.resent) p = put(p, R"(,"meta.autospan.resent":true)");
  return p;
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

// Behind "trace.trace_id":"
char* put_ids(char* p, const TraceId& trace, const SpanId& parent) {
  p = put_hex(p, trace.bytes);
  if (parent.valid()) {  // a root has no such key: null or "" would not be a root for Refinery
    p = put(p, R"(","trace.parent_id":")");
    p = put_hex(p, parent.bytes);
  }
  return p;
}

}  // namespace

SpanPlace span_place(const SpanData& span, bool had_children) {
  if (!span.parent_id.valid()) return SpanPlace::kRoot;
  if (span.local_root) return SpanPlace::kSubroot;
  return had_children ? SpanPlace::kMid : SpanPlace::kLeaf;
}

EventJson::EventJson(const Resource& resource) : sites_(add_attributes(resource)) {
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
  use_thread(0);
}

// Returns their names.
std::vector<std::string> EventJson::add_attributes(const Resource& resource) {
  std::vector<Field> fields;
  for (const auto& [key, value] : resource.attributes) fields.push_back({key, Value::of(value)});
  DistinctFields distinct;
  distinct.look_at(fields.data(), fields.size());
  process_cut_ |= distinct.cut();
  std::vector<std::string> names;
  ByteBuffer out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!distinct.keeps(i)) continue;
    const WireKey& key = distinct.key(i);
    std::string full(key.prefixed ? WireKey::kPrefix : std::string_view());
    full += key.key;
    out.clear();
    process_cut_ |= append_member(out, full, fields[i].value.text);
    names.push_back(full);
    attributes_.push_back({std::move(full), std::string(out.view())});
  }
  few_attributes_ = attributes_.size() + FieldNames::kFew <= kEventFieldsMax - kOwnFieldsMax;
  return names;
}

// A thread's spans come one after the other.
void EventJson::use_thread(std::uint32_t thread_id) {
  ByteBuffer out;
  if (thread_id != 0)
    out.set_end(put_unsigned(put(out.reserve(64), R"(,"thread.id":)"), thread_id));
  tail_process_ = out.size();
  out.append(process_);
  tail_attributes_ = out.size();
  for (const Attribute& attribute : attributes_) out.append(attribute.json);
  tail_ = out.view();
  thread_id_ = thread_id;
}

void EventJson::append_span(ByteBuffer& out, const SpanBatch& batch, const SpanData& span,
                            SpanPlace place) {
  const SiteJson& site = sites_.of(span);
  if (span.thread_id != thread_id_) use_thread(span.thread_id);
  const Field* const fields = batch.fields.data() + span.fields.begin;
  const bool known = few_attributes_ && site.knows(span.site, fields, span.fields.count);
  const std::string_view head = site.head();
  std::string_view tail(tail_);
  if (!known) tail = tail.substr(0, tail_attributes_);

  char* p = out.reserve(head.size() + tail.size() + kHeadBytes);
  p = put(p, head);
  p = put_ids(p, span.trace_id, span.parent_id);
  p = put(p, R"(","trace.span_id":")");
  p = put_hex(p, span.span_id.bytes);
  p = put(p, R"(","duration_ms":)");
  p = put_milliseconds(p, span.duration_ns);
  p = put_role(p, place, span.kind);
  if (is_marked(span)) {
    p = put(p, tail.substr(0, tail_process_));
    p = put_marks(p, span);
    tail = tail.substr(tail_process_);
  }
  p = put(p, tail);
  bool cut = span.truncated || site.cut() || process_cut_;
  if (known) {
    p = put_known(out, p, site, fields, span.fields.count, cut);
  } else {
    out.set_end(p);
    cut |= append_fields(out, fields, span.fields.count);
    p = out.reserve(0);
  }
  finish(out, p, cut);
}

void EventJson::append_event(ByteBuffer& out, const SpanBatch& batch, const SpanEventData& event) {
  out.append(R"({"name":)");
  bool cut = append_json_text(out, event.name);
  if (!event.parent_name.empty()) cut |= append_member(out, "parent_name", event.parent_name);
  char* p = out.reserve(process_.size() + kHeadBytes);
  if (event.trace_id.valid()) {  // else of no span: a plain event
    p = put(p, R"(,"trace.trace_id":")");
    p = put_ids(p, event.trace_id, event.parent_id);
    p = put(p, R"(","meta.annotation_type":"span_event")");
  }
  p = put(p, process_);
  out.set_end(p);
  cut |= append_fields(out, batch.fields.data() + event.fields.begin, event.fields.count);
  finish(out, out.reserve(0), cut || process_cut_);
}

void EventJson::append_link(ByteBuffer& out, const SpanBatch&, const SpanLinkData& link) {
  char* p = out.reserve(process_.size() + kHeadBytes);
  p = put(p, R"({"meta.annotation_type":"link","trace.trace_id":")");
  p = put_ids(p, link.trace_id, link.parent_id);
  p = put(p, R"(","trace.link.trace_id":")");
  p = put_hex(p, link.linked_trace_id.bytes);
  p = put(p, R"(","trace.link.span_id":")");
  p = put_hex(p, link.linked_span_id.bytes);
  *p++ = '"';
  p = put(p, process_);
  out.set_end(p);
  const bool cut = append_fields(out, nullptr, 0);
  finish(out, out.reserve(0), cut || process_cut_);
}

void EventJson::finish(ByteBuffer& out, char* p, bool cut) {
  constexpr std::string_view kCut = R"(,"meta.autospan.truncated":true)";
  p = out.reserve_at(p, kCut.size() + 1);
  if (cut) p = put(p, kCut);
  *p++ = '}';
  out.set_end(p);
}

char* EventJson::put_known(ByteBuffer& out, char* p, const SiteJson& site, const Field* fields,
                           std::size_t count, bool& cut) {
  for (std::size_t i = 0; i < count; ++i) {
    const Value& value = fields[i].value;
    if (!has_json_form(value)) continue;
    const std::string_view name = site.name(i);
    if (!is_text(value)) {
      p = out.reserve_at(p, name.size() + kSlack + kNumberBytes);
      p = put_scalar(put_short(p, name), value);
      continue;
    }
    p = put_short(out.reserve_at(p, name.size() + kSlack + value.text.size() + 2), name);
    if (value.text.size() <= kTextBytesMax)
      if (char* const end = put_plain_text(p, value.text)) {
        p = end;
        continue;
      }
    out.set_end(p);
    cut |= append_json_text(out, value.text);
    p = out.reserve(0);
  }
  return p;
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
