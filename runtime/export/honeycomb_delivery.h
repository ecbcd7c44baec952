// The sending thread's mind: which batch goes next, and what an answer means for its events. No
// thread, no clock, no socket in it: tests turn its time and write its answers.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "export/backlog.h"
#include "export/batcher.h"
#include "export/notices.h"
#include "export/transport.h"

namespace autospan::delivery {

class HoneycombDelivery {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Names {
    std::string endpoint;  // for messages
    std::string key;       // to be masked in them
  };

  HoneycombDelivery(Names names, Backlog& backlog, Books& books)
      : names_(std::move(names)), backlog_(backlog), books_(books) {}

  void add(const Batch& events, Time now);
  // The batch to send now, if any. `hurry`: do not wait for more events; still keep to backoff.
  std::optional<Batch> next(Time now, bool hurry);
  // When next() will have something; nothing while there is nothing to send.
  std::optional<Time> due(bool hurry) const;
  void answered(Batch batch, const Answer& answer, double jitter, Time now,
                std::chrono::system_clock::time_point wall_now);
  // Everything still here is lost to `outcome`.
  void drop_all(std::atomic<std::uint64_t>& outcome);

 private:
  void settle(std::atomic<std::uint64_t>& outcome, const Batch& batch);
  void read_statuses(Batch batch, const Answer& answer, double jitter, Time now);
  void split(const Batch& batch, Time now);
  std::string said_by(const Answer& answer) const;

  const Names names_;
  Backlog& backlog_;
  Books& books_;
  Batcher batcher_;
  std::vector<Batch> again_;               // wait for their `due`
  Time endpoint_due_ = Time::min();        // nothing goes before
  Time unauthorised_until_ = Time::min();  // everything is dropped before
};

}  // namespace autospan::delivery
