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
#include "wire/site_json.h"

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
  std::vector<std::string> add_attributes(const Resource& resource);
  void use_thread(std::uint32_t thread_id);
  // Fields that the site knows.
  static char* put_known(ByteBuffer& out, char* p, const SiteJson& site, const Field* fields,
                         std::size_t count, bool& cut);
  // Resource attributes and any fields. True where a text was cut.
  bool append_fields(ByteBuffer& out, const Field* fields, std::size_t count);
  // The truncation mark and the closing brace.
  static void finish(ByteBuffer& out, char* p, bool cut);

  std::string process_;  // ,"service.name":… and what else is the same for all
  bool process_cut_ = false;
  std::vector<Attribute> attributes_;
  bool few_attributes_ = true;  // with a site's own fields they are never too many
  // ,"thread.id":… of the thread at hand, process_, attributes_; and where these two begin.
  std::string tail_;
  std::size_t tail_process_ = 0, tail_attributes_ = 0;
  std::uint32_t thread_id_ = 0;
  SiteMemory sites_;
  FieldNames names_;
  FieldNames::Found found_;  // of the fields at hand, if they are few and their names known …
  DistinctFields distinct_;  // … or else
};

}  // namespace autospan::wire
