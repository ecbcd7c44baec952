// What became of every event. Written by the caller's and the sender's thread, read by anyone.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "export/pipeline.h"

namespace autospan::delivery {

struct Counters {
  // Sums only: nothing else is published through them, so relaxed order is enough.
  std::atomic<std::uint64_t> created{0}, accepted{0}, rejected{0}, queue_full{0}, send_failed{0},
      too_large{0}, exit{0}, write_failed{0}, capped{0};

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
    counter.fetch_add(n, std::memory_order_relaxed);
  }
  void set_last_error(std::string message) {
    const std::lock_guard lock(mutex_);
    last_error_ = std::move(message);
  }
  ExportStats snapshot() const {
    const auto get = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
    ExportStats stats;
    stats.accepted = get(accepted);
    stats.rejected = get(rejected);
    stats.dropped_queue_full = get(queue_full);
    stats.dropped_send_failed = get(send_failed);
    stats.dropped_too_large = get(too_large);
    stats.dropped_exit = get(exit);
    stats.dropped_write_failed = get(write_failed);
    stats.capped = get(capped);
    stats.created = get(created);
    const std::lock_guard lock(mutex_);
    stats.last_error = last_error_;
    return stats;
  }

 private:
  mutable std::mutex mutex_;
  std::string last_error_;
};

}  // namespace autospan::delivery
