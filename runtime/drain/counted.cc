#include "drain/counted.h"

#include <initializer_list>

#include "ring/counters.h"
#include "ring/switch_rules.h"

namespace autospan::drain {

static void append_event(SpanBatch& batch, std::string_view name, std::int64_t time_unix_ns,
                         std::initializer_list<Field> fields) {
  SpanEventData event;
  event.name = name;
  event.time_unix_ns = time_unix_ns;
  event.fields = {std::uint32_t(batch.fields.size()), std::uint32_t(fields.size())};
  batch.fields.insert(batch.fields.end(), fields);
  batch.events.push_back(event);
}

void append_counted(SpanBatch& batch, std::string_view name, std::uint64_t calls, std::int64_t time_unix_ns) {
  append_event(batch, name, time_unix_ns,
               {{"meta.autospan.counted", Value::of(true)}, {"count", Value::of(calls)}});
}

void CountedCallsTeller::tell_lost(std::uint64_t records, SpanBatch& batch) {
  if (records)
    append_event(batch, "autospan", ring::realtime_ns(), {{"meta.autospan.lost", Value::of(records)}});
}

void CountedCallsTeller::tell(const ring::RingView& view, const ring::SiteTable& sites,
                              bool last, SpanBatch& batch) {
  last_ = std::chrono::steady_clock::now();
  for (const auto& [id, total] : ring::read_counters(view)) {
    std::uint64_t& told = told_[id];
    const std::uint64_t calls = last ? total.calls : total.settled;
    const ring::Site* site = sites.find(id);
    if (!site || calls <= told) continue;
    append_counted(batch, site->name, calls - told, ring::realtime_ns());
    told = calls;
  }
}

}  // namespace autospan::drain
