// What is between submit and its outcome: the bound on memory, and the books that must balance.
#pragma once

#include <atomic>
#include <cstdint>

#include "export/counters.h"

namespace autospan::delivery {

class Backlog {
 public:
  // Only the submitting thread asks and adds.
  Room room() const {
    const std::uint64_t items = items_.load(std::memory_order_relaxed);
    const std::size_t bytes = bytes_.load(std::memory_order_relaxed);
    return {items < kQueueItemsMax ? kQueueItemsMax - items : 0,
            bytes < kQueueBytesMax ? kQueueBytesMax - bytes : 0};
  }
  bool admits(std::size_t bytes) const { return room().events > 0 && bytes <= room().bytes; }
  void add(std::size_t bytes) {
    items_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  // `items` events of `bytes` in all have met their fate. Counted before they leave the backlog, so
  // that who sees it empty sees every outcome (partner: the acquire in items()).
  void settle(std::atomic<std::uint64_t>& outcome, std::uint64_t items, std::size_t bytes) {
    if (closed_.load(std::memory_order_relaxed)) return;
    Counters::add(outcome, items);
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    items_.fetch_sub(items, std::memory_order_release);
  }
  // Whatever is left is lost to `outcome`, whoever may still hold it.
  void close(std::atomic<std::uint64_t>& outcome) {
    closed_.store(true, std::memory_order_relaxed);
    Counters::add(outcome, items_.exchange(0, std::memory_order_acquire));
  }
  std::uint64_t items() const { return items_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> items_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace autospan::delivery
