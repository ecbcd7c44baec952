#include "drain/counted.h"

#include <initializer_list>
#include <string_view>

#include "ring/counters.h"
#include "ring/switch_rules.h"

namespace autospan::drain {

static void append_event(SpanBatch& batch, std::string_view name, std::initializer_list<Field> fields) {
  SpanEventData event;
  event.name = name;
  event.time_unix_ns = ring::realtime_ns();
  event.fields = {std::uint32_t(batch.fields.size()), std::uint32_t(fields.size())};
  batch.fields.insert(batch.fields.end(), fields);
  batch.events.push_back(event);
}

void CountedCallsTeller::tell_lost(std::uint64_t records, SpanBatch& batch) {
  if (records) append_event(batch, "autospan", {{"meta.autospan.lost", Value::of(records)}});
}

void CountedCallsTeller::tell(const ring::RingView& view, const ring::SiteTable& sites,
                              bool last, SpanBatch& batch) {
  last_ = std::chrono::steady_clock::now();
  for (const auto& [id, total] : ring::read_counters(view)) {
    std::uint64_t& told = told_[id];
    const std::uint64_t calls = last ? total.calls : total.settled;
    const ring::Site* site = sites.find(id);
    if (!site || calls <= told) continue;
    append_event(batch, site->name, {{"meta.autospan.counted", Value::of(true)},
                                     {"count", Value::of(calls - told)}});
    told = calls;
  }
}

}  // namespace autospan::drain
