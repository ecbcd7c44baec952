// What a guest may say in its host's terminal: one line a kind of trouble, then silence.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "export/counters.h"

namespace autospan::delivery {

enum class Trouble : std::uint8_t {
  kNoLibrary,     // libautospan-export.so cannot be loaded
  kUnreachable,   // no connection, timeouts, 5xx
  kUnauthorised,  // 401, 403
  kRejected,      // the endpoint refuses events
  kNonsense,      // an answer that is none of Honeycomb's
  kQueueFull,
  kTooLarge,
  kWriteFailed,  // a file or the store
  kSlash,        // a service name that cannot be a dataset as it is
  kLosses,       // at the end: how many, by reason
  kThread,       // no thread to send from
};

class Notices {
 public:
  using Sink = std::function<void(std::string_view line)>;
  explicit Notices(Sink sink) : sink_(std::move(sink)) {}

  // The first of its kind goes out as "autospan: <message>\n".
  void once(Trouble kind, const std::string& message) {
    const std::uint32_t bit = 1u << static_cast<unsigned>(kind);
    if (said_.fetch_or(bit, std::memory_order_relaxed) & bit) return;
    sink_("autospan: " + message + "\n");
  }

 private:
  Sink sink_;
  std::atomic<std::uint32_t> said_{0};
};

// What a pipeline and its threads both speak through; whoever lives longest keeps it.
struct Books {
  explicit Books(Notices::Sink say) : notices(std::move(say)) {}
  Counters counters;
  Notices notices;

  void complain(Trouble kind, std::string message) {
    notices.once(kind, message);
    counters.set_last_error(std::move(message));
  }
};

// One write(2) to standard error.
void write_to_stderr(std::string_view line);

}  // namespace autospan::delivery
