// What the sending thread and its owner share, and what the thread does with it.
#pragma once

#include <concurrentqueue/blockingconcurrentqueue.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>

#include "export/backlog.h"
#include "export/honeycomb_delivery.h"
#include "export/notices.h"
#include "export/transport.h"

namespace autospan::delivery {

struct SenderState {
  using Time = std::chrono::steady_clock::time_point;

  SenderState(HoneycombDelivery::Names names, TransportFactory factory, std::shared_ptr<Books> all)
      : books(std::move(all)),
        make_transport(std::move(factory)),
        delivery(std::move(names), backlog, *books) {}

  void run();  // the thread

  const std::shared_ptr<Books> books;
  Backlog backlog;
  moodycamel::BlockingConcurrentQueue<Batch> queue;  // a batch without events only wakes
  std::atomic<int> hurries{0};                       // flushes in progress
  std::atomic<std::uint64_t> asked{0};               // flushes ever begun
  std::atomic<bool> stop{false};

  std::mutex mutex;
  std::condition_variable changed;
  // Under the mutex:
  std::unique_ptr<Transport> transport;  // the thread's; shutdown cancels it
  Time next_attempt = Time::min();       // max: nothing to send; min: busy
  std::uint64_t seen = 0;                // flushes whose events next_attempt knows of
  bool finished = false;

 private:
  bool open_transport();
  void take_queued();
  void exchange(Batch batch);
  void wait(std::uint64_t flushes_seen);
  void report(Time next, std::uint64_t flushes_seen);
  bool hurry() const { return hurries.load(std::memory_order_relaxed) > 0; }

  const TransportFactory make_transport;
  HoneycombDelivery delivery;
  wire::ByteBuffer body;
  std::minstd_rand random{std::random_device{}()};
};

}  // namespace autospan::delivery
