#include "export/sender.h"

#include <pthread.h>
#include <signal.h>

#include "export/sender_state.h"

namespace autospan::delivery {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kStackBytes = 1u << 20;  // the TLS of the host's libraries comes out of it
constexpr std::chrono::milliseconds kCancelPatience{40};  // for a cancelled request to return

void* thread_main(void* argument) {
  const std::unique_ptr<std::shared_ptr<SenderState>> share(
      static_cast<std::shared_ptr<SenderState>*>(argument));
  SenderState& state = **share;
  try {
    state.run();
  } catch (...) {
    // Out of memory. The backlog fills up, what comes is dropped and counted.
  }
  const std::lock_guard lock(state.mutex);
  state.finished = true;
  state.changed.notify_all();
  return nullptr;
}

bool create_thread(const std::shared_ptr<SenderState>& state) try {
  auto share = std::make_unique<std::shared_ptr<SenderState>>(state);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Blocked before the thread exists: no signal of the host's may ever find it.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, thread_main, share.get());
  if (error == 0) pthread_setname_np(thread, "autospan-send");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error != 0) return false;
  [[maybe_unused]] auto* const threads_own = share.release();
  return true;
} catch (...) {
  return false;
}

}  // namespace

Sender::Sender(HoneycombDelivery::Names names, TransportFactory transport,
               std::shared_ptr<Books> books)
    : state_(std::make_shared<SenderState>(std::move(names), std::move(transport),
                                           std::move(books))) {}

Sender::~Sender() {
  if (state_ != nullptr) shutdown(steady_clock::now());
}

Backlog& Sender::backlog() { return state_->backlog; }
const Backlog& Sender::backlog() const { return state_->backlog; }

bool Sender::start() {
  if (started_ || refused_) return started_;
  started_ = create_thread(state_);
  refused_ = !started_;
  if (refused_)
    state_->books->complain(
        Trouble::kThread,
        "no thread can be started to send from; events for honeycomb are dropped");
  return started_;
}

void Sender::enqueue(Batch events) {
  const std::size_t count = events.count(), bytes = events.weight();
  if (!start())
    state_->backlog.settle(state_->books->counters.send_failed, count, bytes);
  else if (!state_->queue.enqueue(std::move(events)))
    state_->backlog.settle(state_->books->counters.queue_full, count, bytes);
}

bool Sender::flush(Time deadline) {
  SenderState& state = *state_;
  if (!started_ || state.backlog.items() == 0) return state.backlog.items() == 0;
  state.hurries.fetch_add(1, std::memory_order_relaxed);
  // Release: pairs with the acquire in run(), which then finds every event queued before.
  const std::uint64_t mine = state.asked.fetch_add(1, std::memory_order_release) + 1;
  state.queue.enqueue(Batch());
  std::unique_lock lock(state.mutex);
  state.changed.wait_until(lock, deadline, [&] {
    const bool hopeless = state.seen >= mine && state.next_attempt > deadline;
    return state.backlog.items() == 0 || state.finished || hopeless;
  });
  lock.unlock();
  state.hurries.fetch_sub(1, std::memory_order_relaxed);
  return state.backlog.items() == 0;
}

void Sender::shutdown(Time deadline) {
  flush(deadline);
  SenderState& state = *state_;
  if (started_) {
    state.stop.store(true, std::memory_order_relaxed);
    std::unique_lock lock(state.mutex);
    if (state.transport != nullptr) state.transport->cancel();
    state.queue.enqueue(Batch());
    // The thread is detached: one that hangs in a resolver or a loader keeps its share of the state
    // and is left behind.
    state.changed.wait_until(lock, steady_clock::now() + kCancelPatience,
                             [&] { return state.finished; });
  }
  state.backlog.close(state.books->counters.exit);
}

void Sender::abandon() {
  new std::shared_ptr<SenderState>(std::move(state_));  // never freed: its thread is elsewhere
}

}  // namespace autospan::delivery
