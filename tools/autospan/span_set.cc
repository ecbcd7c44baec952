#include "span_set.h"

#include <algorithm>
#include <tuple>

namespace autospan::cli {
namespace {

bool later(const SpanRef& a, const SpanRef& b) {
  return std::tie(a.span->start_unix_ns, a.span->span_id) <
         std::tie(b.span->start_unix_ns, b.span->span_id);
}

void drop_doubles(std::vector<SpanRef>& spans) {
  std::sort(spans.begin(), spans.end(), [](const SpanRef& a, const SpanRef& b) {
    return std::tie(a.span->trace_id, a.span->span_id, a.span->unfinished) <
           std::tie(b.span->trace_id, b.span->span_id, b.span->unfinished);
  });
  const auto same = [](const SpanRef& a, const SpanRef& b) {
    return a.span->span_id == b.span->span_id && a.span->trace_id == b.span->trace_id;
  };
  spans.erase(std::unique(spans.begin(), spans.end(), same), spans.end());
}

auto key_of(const EventRef& e) { return std::tie(e.event->trace_id, e.event->parent_id); }
auto key_of(const LinkRef& l) { return std::tie(l.link->trace_id, l.link->parent_id); }
auto key_of(const SpanData& s) { return std::tie(s.trace_id, s.span_id); }

template <typename Ref>
std::vector<Ref> range_of(const std::vector<Ref>& refs, const SpanData& span) {
  struct Less {
    bool operator()(const Ref& ref, const SpanData& s) const { return key_of(ref) < key_of(s); }
    bool operator()(const SpanData& s, const Ref& ref) const { return key_of(s) < key_of(ref); }
  };
  const auto [begin, end] = std::equal_range(refs.begin(), refs.end(), span, Less());
  return {begin, end};
}

}  // namespace

void SpanSet::add(const SpanBatch& batch) {
  for (const SpanData& span : batch.spans) spans.push_back({&batch, &span});
  for (const SpanEventData& event : batch.events) events.push_back({&batch, &event});
  for (const SpanLinkData& link : batch.links) links.push_back({&batch, &link});
}

void SpanSet::add(const SpanBatch& batch, const TraceId& trace) {
  for (const SpanData& span : batch.spans)
    if (span.trace_id == trace) spans.push_back({&batch, &span});
  for (const SpanEventData& event : batch.events)
    if (event.trace_id == trace) events.push_back({&batch, &event});
  for (const SpanLinkData& link : batch.links)
    if (link.trace_id == trace) links.push_back({&batch, &link});
}

void SpanSet::settle() {
  drop_doubles(spans);
  std::sort(spans.begin(), spans.end(), later);
  std::sort(events.begin(), events.end(), [](const EventRef& a, const EventRef& b) {
    if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
    return std::tie(a.event->time_unix_ns, a.event->name) <
           std::tie(b.event->time_unix_ns, b.event->name);
  });
  std::sort(links.begin(), links.end(), [](const LinkRef& a, const LinkRef& b) {
    if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
    return a.link->linked_span_id < b.link->linked_span_id;
  });
}

std::vector<EventRef> SpanSet::events_of(const SpanData& span) const {
  return range_of(events, span);
}
std::vector<LinkRef> SpanSet::links_of(const SpanData& span) const { return range_of(links, span); }

}  // namespace autospan::cli
