// Spans, events and links of whatever batches they came in, as the tools look at them: references
// that live as long as the batches do.
#pragma once

#include <cstdint>
#include <vector>

#include "autospan/span_data.h"

namespace autospan::cli {

struct SpanRef {
  const SpanBatch* batch = nullptr;
  const SpanData* span = nullptr;
};
struct EventRef {
  const SpanBatch* batch;
  const SpanEventData* event;
};
struct LinkRef {
  const SpanBatch* batch;
  const SpanLinkData* link;
};

struct SpanSet {
  std::vector<SpanRef> spans;
  std::vector<EventRef> events;
  std::vector<LinkRef> links;

  void add(const SpanBatch& batch);
  // Only what belongs to that trace.
  void add(const SpanBatch& batch, const TraceId& trace);
  // Orders spans by start and events and links by their span, and drops what was delivered twice:
  // of two spans with one id the finished one stays. The functions below need it.
  void settle();

  std::vector<EventRef> events_of(const SpanData& span) const;
  std::vector<LinkRef> links_of(const SpanData& span) const;
};

}  // namespace autospan::cli
