// What the recorder does instead of answering as it should: one step a batch request.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace recorder {

struct Step {
  enum class Kind {
    kOk,           // ok
    kStatus,       // 429, 500, …; with :retry-after=V
    kStatuses,     // statuses=202/429/400: of the first events, 202 for the rest; records the 202s
    kHang,         // hang: no answer until the client goes
    kReset,        // reset: the connection is reset, nothing recorded
    kAcceptReset,  // accept-reset: recorded, then reset without an answer
    kGarbage,      // garbage: 200 with a page of HTML, nothing recorded
    kEmpty,        // empty: 200 with no body, nothing recorded
    kShortArray,   // short-array: recorded, but one status too few
    kLongArray,    // long-array: recorded, one status too many
    kDrip,         // drip: recorded, the answer comes byte by byte, 10 a second
    kEcho,         // echo: 500 whose error text repeats the key
  };
  Kind kind = Kind::kOk;
  int status = 200;
  std::string retry_after;  // "date+2": an HTTP-date 2 s from now
  std::vector<int> statuses;
  int times = 1;  // -1: for ever
};

class Script {
 public:
  // A comma-separated list; each with *N or * (for ever) behind it. `413-above=N` is no step but
  // holds for all requests. False with a sentence in `error`.
  bool parse(const std::string& text, std::string& error);
  // The next step; an exhausted script answers as it should.
  Step take();
  std::size_t events_max() const { return events_max_; }

 private:
  std::mutex mutex_;
  std::vector<Step> steps_;
  std::size_t at_ = 0;
  std::size_t events_max_ = static_cast<std::size_t>(-1);
};

}  // namespace recorder
