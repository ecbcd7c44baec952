#include "export/losses.h"

#include <fmt/format.h>

namespace autospan {

std::string losses_text(const ExportStats& stats) {
  std::uint64_t lost = 0;
  std::string reasons;
  for (const LossReason& reason : kLossReasons) {
    const std::uint64_t count = stats.*reason.count;
    if (count == 0) continue;
    reasons += fmt::format("{}{} {}", lost == 0 ? "" : ", ", count, reason.words);
    lost += count;
  }
  if (lost == 0) return {};
  return fmt::format("{} of {} events were not delivered: {}", lost, stats.created, reasons);
}

}  // namespace autospan
