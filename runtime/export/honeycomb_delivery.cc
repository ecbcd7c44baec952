#include "export/honeycomb_delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "export/message.h"
#include "export/retry.h"
#include "wire/honeycomb_reply.h"

namespace autospan::delivery {

void HoneycombDelivery::add(const Batch& events, Time now) {
  if (now < unauthorised_until_) return settle(books_.counters.send_failed, events);
  batcher_.add(events, now);
}

std::optional<Batch> HoneycombDelivery::next(Time now, bool hurry) {
  if (now < endpoint_due_) return std::nullopt;
  const auto first = std::min_element(again_.begin(), again_.end(),
                                      [](const Batch& a, const Batch& b) { return a.due < b.due; });
  if (first != again_.end() && first->due <= now) {
    Batch batch = std::move(*first);
    again_.erase(first);
    return batch;
  }
  return batcher_.next(now, hurry);
}

std::optional<HoneycombDelivery::Time> HoneycombDelivery::due(bool hurry) const {
  std::optional<Time> first = batcher_.due();
  if (first && hurry) first = Time::min();
  for (const Batch& batch : again_)
    if (!first || batch.due < *first) first = batch.due;
  if (first) first = std::max(*first, endpoint_due_);
  return first;
}

void HoneycombDelivery::answered(Batch batch, const Answer& answer, double jitter, Time now,
                                 std::chrono::system_clock::time_point wall_now) {
  ++batch.attempts;
  const Judgement judgement = judge(answer, batch.attempts, jitter, wall_now);
  if (judgement.whole_endpoint) endpoint_due_ = now + judgement.wait;
  Counters& counters = books_.counters;
  switch (judgement.verdict) {
    case Verdict::kRead:
      return read_statuses(std::move(batch), answer, jitter, now);
    case Verdict::kSplit:
      return split(batch, now);
    case Verdict::kCancelled:
      return settle(counters.exit, batch);
    case Verdict::kRetry:
      books_.complain(Trouble::kUnreachable,
                      fmt::format("{} {}; trying again", names_.endpoint, said_by(answer)));
      batch.due = now + judgement.wait;
      batch.may_be_there |= answer.outcome == Answer::Outcome::kLost;
      return again_.push_back(std::move(batch));
    case Verdict::kReject:
      books_.complain(Trouble::kRejected,
                      fmt::format("{} {}; {} events of dataset '{}' are rejected", names_.endpoint,
                                  said_by(answer), batch.count(), batch.destination->dataset));
      return settle(counters.rejected, batch);
    case Verdict::kUnauthorised:
      books_.complain(
          Trouble::kUnauthorised,
          fmt::format("{} {}; check HONEYCOMB_API_KEY; events are dropped, next try in {} s",
                      names_.endpoint, said_by(answer), kUnauthorisedPause.count()));
      // Events wait for nobody here: dropping them at once keeps the memory, and the next one to
      // come after the pause asks again.
      unauthorised_until_ = now + judgement.wait;
      endpoint_due_ = Time::min();
      settle(counters.send_failed, batch);
      return drop_all(counters.send_failed);
    case Verdict::kGiveUp:
      books_.complain(Trouble::kUnreachable,
                      fmt::format("{} {}; {} events are dropped after {} tries", names_.endpoint,
                                  said_by(answer), batch.count(), batch.attempts));
      return settle(counters.send_failed, batch);
  }
}

// The body has one status an event. Where it lies about their number, what it says of the first
// ones holds and the rest counts as failed: sent again they might be there twice.
void HoneycombDelivery::read_statuses(Batch batch, const Answer& answer, double jitter, Time now) {
  Counters& counters = books_.counters;
  const auto statuses = wire::parse_batch_reply(answer.body, batch.count());
  const std::size_t known = statuses ? std::min(statuses->size(), batch.count()) : 0;
  if (!statuses || statuses->size() != batch.count())
    books_.complain(
        Trouble::kNonsense,
        fmt::format("{} answered {} to {} events, but not with a status for each ({}); is it "
                    "a Honeycomb endpoint?",
                    names_.endpoint, answer.http_status, batch.count(),
                    statuses ? fmt::format("{} of them", known) : said_by(answer)));

  Batch again = batch.part(0, 0);  // its history, the lost answers among it
  for (std::size_t i = 0; i < batch.count(); ++i) {
    const std::size_t bytes = batch.entry(i).size() + 1;  // as in weight()
    const int status = i < known ? (*statuses)[i].status : 0;
    if (status >= 200 && status < 300) {
      backlog_.settle(counters.accepted, 1, bytes);
    } else if ((status == 429 || status >= 500) && batch.attempts < kAttemptsMax) {
      again.append(batch.entry(i));
    } else if (status >= 400 && status < 500 && status != 429) {
      books_.complain(Trouble::kRejected,
                      fmt::format("{} rejected an event of dataset '{}' with {}: {}",
                                  names_.endpoint, batch.destination->dataset, status,
                                  presentable((*statuses)[i].error, names_.key)));
      backlog_.settle(counters.rejected, 1, bytes);
    } else {
      backlog_.settle(counters.send_failed, 1, bytes);
    }
  }
  if (again.count() == 0) return;
  again.due = now + backoff(again.attempts, jitter);
  again_.push_back(std::move(again));
}

void HoneycombDelivery::split(const Batch& batch, Time now) {
  if (batch.count() == 1) {
    books_.complain(Trouble::kTooLarge,
                    fmt::format("{} refused an event of {} bytes as too large; it is "
                                "dropped",
                                names_.endpoint, batch.bytes.size()));
    return settle(books_.counters.too_large, batch);
  }
  const std::size_t middle = batch.count() / 2;
  const auto again = [&](Batch half) {
    half.due = now;
    half.attempts = 0;  // smaller is progress
    again_.push_back(std::move(half));
  };
  again(batch.part(0, middle));
  again(batch.part(middle, batch.count()));
}

void HoneycombDelivery::drop_all(std::atomic<std::uint64_t>& outcome) {
  for (const Batch& batch : again_) settle(outcome, batch);
  again_.clear();
  while (const auto batch = batcher_.next(Time::max(), true)) settle(outcome, *batch);
}

void HoneycombDelivery::settle(std::atomic<std::uint64_t>& outcome, const Batch& batch) {
  backlog_.settle(outcome, batch.count(), batch.weight());
}

std::string HoneycombDelivery::said_by(const Answer& answer) const {
  if (answer.outcome != Answer::Outcome::kAnswered)
    return fmt::format("does not answer: {}", presentable(answer.error, names_.key));
  std::string words = wire::parse_error_body(answer.body);
  if (words.empty()) words = answer.body;
  if (words.empty()) return fmt::format("answered {}", answer.http_status);
  return fmt::format("answered {}: {}", answer.http_status, presentable(words, names_.key));
}

}  // namespace autospan::delivery
