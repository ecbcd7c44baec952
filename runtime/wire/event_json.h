// One span, span event or link as the flat JSON object that every JSON wire carries: Honeycomb's
// "data", NDJSON's "data". Field names are those of research/honeycomb.md §3.
//
// An EventJson belongs to one process's resource: what all its events share is escaped once, and
// what all spans of a site share once a site. Not thread-safe. Throws std::bad_alloc only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autospan/span_data.h"
#include "wire/byte_buffer.h"
#include "wire/distinct_fields.h"
#include "wire/field_names.h"

namespace autospan::wire {

// meta.span_type. Whether a span had children is the caller's knowledge (ChildMemory).
enum class SpanPlace : std::uint8_t { kRoot, kSubroot, kMid, kLeaf };
SpanPlace span_place(const SpanData& span, bool had_children);

class EventJson {
 public:
  explicit EventJson(const Resource& resource);

  // Each appends one object. At most kEventFieldsMax fields, each text at most kTextBytesMax; what
  // is cut is marked meta.autospan.truncated.
  void append_span(ByteBuffer& out, const SpanBatch& batch, const SpanData& span, SpanPlace place);
  void append_event(ByteBuffer& out, const SpanBatch& batch, const SpanEventData& event);
  void append_link(ByteBuffer& out, const SpanBatch& batch, const SpanLinkData& link);

 private:
  struct Attribute {
    std::string key;
    std::string json;  // ,"key":"value"
  };
  struct Site {
    std::string name, function, filepath;
    std::uint32_t lineno = 0;
    bool cut = false;
    std::string json;  // {"name":…,"code.function":…
  };

  const Site& site_of(const SpanData& span);
  // Resource and user fields, the truncation mark and the closing brace.
  void finish(ByteBuffer& out, const SpanBatch& batch, FieldRange range, bool cut);
  bool append_fields(ByteBuffer& out, const Field* fields, std::size_t count);

  std::string process_;  // ,"service.name":… and what else is the same for all
  bool process_cut_ = false;
  std::vector<Attribute> attributes_;
  std::vector<Site> sites_;
  FieldNames names_;
  FieldNames::Found found_;  // of the fields at hand, if they are few and their names known …
  DistinctFields distinct_;  // … or else
};

}  // namespace autospan::wire
