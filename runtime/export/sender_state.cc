#include "export/sender_state.h"

namespace autospan::delivery {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kIdleWait{60'000};  // whatever happens comes through the queue

}  // namespace

void SenderState::run() {
  const bool open = open_transport();
  while (!stop.load(std::memory_order_relaxed)) {
    // Before the queue is emptied: an event of a flush that is seen here is in the queue by now.
    const std::uint64_t flushes_seen = asked.load(std::memory_order_acquire);
    take_queued();
    if (!open) delivery.drop_all(books->counters.send_failed);
    if (std::optional<Batch> batch = delivery.next(steady_clock::now(), hurry()))
      exchange(std::move(*batch));
    else
      wait(flushes_seen);
  }
  take_queued();
  delivery.drop_all(books->counters.exit);
  std::unique_ptr<Transport> last;
  {
    const std::lock_guard lock(mutex);
    last = std::move(transport);
  }
  last.reset();  // may take time: nobody waits for it under the mutex
}

bool SenderState::open_transport() {
  std::string error;
  std::unique_ptr<Transport> made = make_transport(error);
  if (made == nullptr) {
    books->complain(Trouble::kNoLibrary, error + "; events for honeycomb are dropped");
    return false;
  }
  const std::lock_guard lock(mutex);
  transport = std::move(made);
  return true;
}

void SenderState::take_queued() {
  Batch events;
  while (queue.try_dequeue(events))
    if (events.count() != 0) delivery.add(events, steady_clock::now());
}

void SenderState::exchange(Batch batch) {
  report(Time::min(), 0);
  body.clear();
  append_body(body, batch);
  Request request;
  request.url = batch.destination->url;
  request.headers = &batch.destination->headers;
  request.body = body.view();
  const Answer answer = transport->send(request);
  const double jitter = std::uniform_real_distribution<double>(0, 1)(random);
  delivery.answered(std::move(batch), answer, jitter, steady_clock::now(),
                    std::chrono::system_clock::now());
}

void SenderState::wait(std::uint64_t flushes_seen) {
  const std::optional<Time> due = delivery.due(hurry());
  report(due.value_or(Time::max()), flushes_seen);
  const Time now = steady_clock::now();
  const Time until = std::min(due.value_or(Time::max()), now + kIdleWait);
  Batch events;
  const auto patience = std::chrono::ceil<std::chrono::microseconds>(until - now);
  if (queue.wait_dequeue_timed(events, std::max(patience, std::chrono::microseconds(0))) &&
      events.count() != 0)
    delivery.add(events, steady_clock::now());
}

// Tells a waiting flush where we stand.
void SenderState::report(Time next, std::uint64_t flushes_seen) {
  const std::lock_guard lock(mutex);
  next_attempt = next;
  seen = flushes_seen;
  changed.notify_all();
}

}  // namespace autospan::delivery
