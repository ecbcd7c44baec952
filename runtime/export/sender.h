// The thread `autospan-send`: takes batches from a queue, carries them out as HoneycombDelivery
// says. Started by the first batch, with all signals blocked. It belongs to one process: after fork
// the child may only let go of it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "export/backlog.h"
#include "export/batch.h"
#include "export/honeycomb_delivery.h"
#include "export/notices.h"
#include "export/transport.h"

namespace autospan::delivery {

struct SenderState;

class Sender {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Sender(HoneycombDelivery::Names names, TransportFactory transport, std::shared_ptr<Books> books);
  ~Sender();

  // Whoever enqueues asks it for room and enters its events first.
  Backlog& backlog();
  const Backlog& backlog() const;
  // Never waits.
  void enqueue(Batch events);
  // Hurries until nothing is left, or until `deadline`, or until it is clear that nothing more can
  // be sent before it. True if nothing is left.
  bool flush(Time deadline);
  // Flushes, ends the thread, counts what is left as dropped_exit. No enqueue() after it.
  void shutdown(Time deadline);
  // In a fork child: the thread, its locks and its connections are the parent's.
  void abandon();

 private:
  bool start();

  // Shared with the thread, which may outlive us where it hangs in a foreign library at exit.
  std::shared_ptr<SenderState> state_;
  std::atomic<bool> started_{false};  // flush may ask from another thread
  bool refused_ = false;
};

}  // namespace autospan::delivery
