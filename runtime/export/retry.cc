#include "export/retry.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "export/http_date.h"

namespace autospan::delivery {
namespace {

using std::chrono::milliseconds;

bool is_retryable(int status) { return status == 408 || status == 429 || status >= 500; }

// 408, 429 and 503 speak of the endpoint; another 5xx may be this batch's own doing.
bool concerns_endpoint(int status) { return status == 408 || status == 429 || status == 503; }

Judgement retry(const Answer& answer, unsigned attempts, double jitter,
                std::chrono::system_clock::time_point now, bool whole_endpoint) {
  if (attempts >= kAttemptsMax) return {Verdict::kGiveUp, {}, whole_endpoint};
  // A Retry-After of 0 says "at once": taken at its word it would be a storm.
  const milliseconds asked = parse_retry_after(answer.retry_after, now);
  const milliseconds ours = backoff(attempts, jitter);
  return {Verdict::kRetry, asked.count() > 0 ? std::max(asked, milliseconds(1)) : ours,
          whole_endpoint};
}

}  // namespace

Judgement judge(const Answer& answer, unsigned attempts, double jitter,
                std::chrono::system_clock::time_point now) {
  if (answer.outcome == Answer::Outcome::kCancelled) return {Verdict::kCancelled};
  if (answer.outcome != Answer::Outcome::kAnswered)
    return retry(answer, attempts, jitter, now, true);
  const int status = answer.http_status;
  if (status >= 200 && status < 300) return {Verdict::kRead};
  if (is_retryable(status)) return retry(answer, attempts, jitter, now, concerns_endpoint(status));
  if (status == 413) return {Verdict::kSplit};
  if (status == 401 || status == 403) return {Verdict::kUnauthorised, kUnauthorisedPause, true};
  // A redirect is not followed: the key would go to whoever it names.
  if (status < 400) return {Verdict::kGiveUp};
  return {Verdict::kReject};
}

milliseconds backoff(unsigned attempts, double jitter) {
  const unsigned doublings = std::min(attempts == 0 ? 0u : attempts - 1, 16u);
  const milliseconds plain =
      std::min<milliseconds>(kBackoffFirst * (1LL << doublings), kBackoffMax);
  return milliseconds(std::llround(static_cast<double>(plain.count()) * (0.8 + 0.4 * jitter)));
}

milliseconds parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) {
  if (value.empty()) return milliseconds(0);
  const char* const end = value.data() + value.size();
  std::uint64_t seconds = 0;
  const auto [p, error] = std::from_chars(value.data(), end, seconds);
  if (p == end && error == std::errc::result_out_of_range) return kRetryAfterMax;
  if (p == end && error == std::errc())
    return milliseconds(1000 * std::min<std::uint64_t>(seconds, kRetryAfterMax.count()));

  const auto then = parse_http_date(value);
  if (!then) return milliseconds(0);
  const auto wait = std::chrono::ceil<milliseconds>(*then - now);
  return std::clamp(wait, milliseconds(0), milliseconds(kRetryAfterMax));
}

}  // namespace autospan::delivery
