// What a /1/batch endpoint says: an array with one {"status":n(,"error":"…")} an event, in order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace autospan::wire {

struct EventStatus {
  int status = 0;     // as HTTP: 202 accepted, 400 refused, 429 not now
  std::string error;  // may be empty
};

// Nothing where the body is no such array. Reads at most `count_max` entries, and says by a larger
// array's size that there were more.
std::optional<std::vector<EventStatus>> parse_batch_reply(std::string_view body_untrusted,
                                                          std::size_t count_max);

// The sentence in an error body: {"error":"…"}, or RFC 7807's detail or title. Empty if none.
std::string parse_error_body(std::string_view body_untrusted);

}  // namespace autospan::wire
