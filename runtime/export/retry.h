// What to do after an answer, as a pure function: no clock, no chance, no state of its own.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "export/transport.h"

namespace autospan::delivery {

inline constexpr unsigned kAttemptsMax = 10;  // ≈ 2 minutes of waiting in all
inline constexpr std::chrono::milliseconds kBackoffFirst{500};
inline constexpr std::chrono::milliseconds kBackoffMax{30'000};
inline constexpr std::chrono::seconds kRetryAfterMax{60};      // what an endpoint may impose
inline constexpr std::chrono::seconds kUnauthorisedPause{60};  // then one batch asks again

enum class Verdict {
  kRead,          // 2xx: each event has a status in the body
  kRetry,         // after `wait`
  kSplit,         // 413: halves; a lone event is too large
  kReject,        // the endpoint refuses these events
  kUnauthorised,  // drop, and leave the endpoint alone for kUnauthorisedPause
  kGiveUp,        // drop
  kCancelled,     // we are leaving
};

struct Judgement {
  Verdict verdict;
  std::chrono::milliseconds wait{0};
  bool whole_endpoint = false;  // the trouble is the endpoint's, not this batch's
};

// `attempts` counts the one just answered; `jitter` is in [0, 1); `now` is for Retry-After dates.
Judgement judge(const Answer& answer, unsigned attempts, double jitter,
                std::chrono::system_clock::time_point now);

// 500 ms, doubled an attempt up to kBackoffMax, ± 20 %: always longer than the one before.
std::chrono::milliseconds backoff(unsigned attempts, double jitter);

// Seconds or an HTTP-date (RFC 9110 §10.2.3), 0 for what is past, absent or neither; at most
// kRetryAfterMax.
std::chrono::milliseconds parse_retry_after(std::string_view value,
                                            std::chrono::system_clock::time_point now);

}  // namespace autospan::delivery
