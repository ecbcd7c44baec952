// Why events did not arrive: the reasons of ExportStats, in words and as fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "export/pipeline.h"

namespace autospan {

struct LossReason {
  std::uint64_t ExportStats::* count;
  std::string_view field;  // on the span of a job
  std::string_view words;
};

inline constexpr LossReason kLossReasons[] = {
    {&ExportStats::rejected, "meta.autospan.rejected", "rejected by the endpoint"},
    {&ExportStats::dropped_queue_full, "meta.autospan.dropped_queue_full", "no room in the queue"},
    {&ExportStats::dropped_send_failed, "meta.autospan.dropped_send_failed", "could not be sent"},
    {&ExportStats::dropped_too_large, "meta.autospan.dropped_too_large", "too large"},
    {&ExportStats::dropped_write_failed, "meta.autospan.dropped_write_failed",
     "could not be written"},
    {&ExportStats::dropped_exit, "meta.autospan.dropped_exit",
     "not sent by the exit deadline (AUTOSPAN_EXIT_DEADLINE gives more time)"},
};

// "12 of 300 events were not delivered: 10 could not be sent, 2 too large"; empty = all were.
std::string losses_text(const ExportStats& stats);

}  // namespace autospan
