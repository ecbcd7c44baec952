// Gathers what was submitted into requests: full ones at once, others when their first event has
// waited for kBatchInterval. One thread.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

#include "export/batch.h"
#include "wire/limits.h"

namespace autospan::delivery {

inline constexpr std::chrono::milliseconds kBatchInterval{100};
// Room for the brackets and for marking every event as resent.
inline constexpr std::size_t kBatchPayloadMax =
    wire::kBatchBytesMax - 2 - wire::kBatchEventsMax * 32;

class Batcher {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void add(const Batch& events, Time now);
  // A batch that is full or whose time has come; in a hurry any batch.
  std::optional<Batch> next(Time now, bool hurry);
  // When next() has something without hurry; nothing while empty.
  std::optional<Time> due() const;
  bool empty() const { return open_.empty() && full_.empty(); }

 private:
  struct Open {
    Batch batch;
    Time close_at;
  };
  Batch& open_batch(const Batch& events, Time now, std::size_t more_bytes);

  std::vector<Open> open_;  // at most one a destination
  std::deque<Batch> full_;
};

}  // namespace autospan::delivery
