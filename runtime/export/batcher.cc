#include "export/batcher.h"

#include <algorithm>

namespace autospan::delivery {

void Batcher::add(const Batch& events, Time now) {
  for (std::size_t i = 0; i < events.count(); ++i) {
    const std::string_view entry = events.entry(i);
    open_batch(events, now, entry.size() + 1).append(entry);
  }
}

Batch& Batcher::open_batch(const Batch& events, Time now, std::size_t more_bytes) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const Open& open) {
    return open.batch.destination == events.destination;
  });
  if (at != open_.end()) {
    Batch& batch = at->batch;
    if (batch.count() < wire::kBatchEventsMax &&
        batch.bytes.size() + more_bytes <= kBatchPayloadMax)
      return batch;
    full_.push_back(std::move(batch));
    batch = Batch();
    batch.destination = events.destination;
    at->close_at = now + kBatchInterval;
    return batch;
  }
  Open& open = open_.emplace_back();
  open.batch.destination = events.destination;
  open.close_at = now + kBatchInterval;
  return open.batch;
}

std::optional<Batch> Batcher::next(Time now, bool hurry) {
  if (!full_.empty()) {
    Batch batch = std::move(full_.front());
    full_.pop_front();
    return batch;
  }
  for (auto open = open_.begin(); open != open_.end(); ++open) {
    if (!hurry && open->close_at > now && open->batch.count() < wire::kBatchEventsMax) continue;
    Batch batch = std::move(open->batch);
    open_.erase(open);
    return batch;
  }
  return std::nullopt;
}

std::optional<Batcher::Time> Batcher::due() const {
  if (!full_.empty()) return Time::min();
  std::optional<Time> first;
  for (const Open& open : open_) {
    const Time at = open.batch.count() >= wire::kBatchEventsMax ? Time::min() : open.close_at;
    if (!first || at < *first) first = at;
  }
  return first;
}

}  // namespace autospan::delivery
