#include "drain/counted.h"

#include "ring/counters.h"
#include "ring/switch_rules.h"

namespace autospan::drain {

void CountedCallsTeller::tell(const ring::RingView& view, const ring::SiteTable& sites,
                              bool last, SpanBatch& batch) {
  last_ = std::chrono::steady_clock::now();
  const std::int64_t now_unix_ns = ring::realtime_ns();
  for (const auto& [id, total] : ring::read_counters(view)) {
    std::uint64_t& told = told_[id];
    const std::uint64_t calls = last ? total.calls : total.settled;
    const ring::Site* site = sites.find(id);
    if (!site || calls <= told) continue;
    SpanEventData event;
    event.name = site->name;
    event.time_unix_ns = now_unix_ns;
    event.fields = {std::uint32_t(batch.fields.size()), 2};
    batch.fields.push_back({"meta.autospan.counted", Value::of(true)});
    batch.fields.push_back({"count", Value::of(calls - told)});
    batch.events.push_back(event);
    told = calls;
  }
}

}  // namespace autospan::drain
