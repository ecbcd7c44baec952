// Calls that no span stands for, told to the exporters: one event a site, with what was counted since the
// last one.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string_view>

#include "autospan/span_data.h"
#include "ring/ring_view.h"
#include "ring/site_table.h"

namespace autospan::drain {

// An event of no trace: {name, meta.autospan.counted: true, count}. `name` is borrowed by the batch.
void append_counted(SpanBatch& batch, std::string_view name, std::uint64_t calls, std::int64_t time_unix_ns);

class CountedCallsTeller {
 public:
  // Every kInterval something is due.
  bool due() const { return std::chrono::steady_clock::now() - last_ >= kInterval; }
  // While the process runs, only of calls that no later span will stand for; at its end of all, so that the spans' sample
  // rates and the counts add up to the calls.
  void tell(const ring::RingView& view, const ring::SiteTable& sites, bool last, SpanBatch& batch);
  // At the end, where records were overwritten unread: {name: "autospan", meta.autospan.lost}.
  static void tell_lost(std::uint64_t records, SpanBatch& batch);

  static constexpr std::chrono::seconds kInterval{10};

 private:
  std::map<std::uint32_t, std::uint64_t> told_;  // by site
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace autospan::drain
