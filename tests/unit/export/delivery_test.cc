// The sender's mind with a clock that the test turns and answers that it writes.
#include "catch.hpp"
#include "export/honeycomb_delivery.h"
#include "export/retry.h"
#include "matchers.h"
#include "wire/honeycomb_json.h"
#include "words.h"

using namespace words;
using namespace std::chrono_literals;

namespace {

class Desk {
 public:
  void add(std::size_t count, std::size_t bytes = 40, const char* dataset = "set") {
    auto& at = destinations_[dataset];
    if (at == nullptr)
      at = std::make_shared<Destination>(Destination{"http://h/1/batch/set", {}, dataset});
    Batch events;
    events.destination = at;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string entry = "{\"data\":{\"n\":" + std::to_string(next_++) + "}";
      events.append(entry + std::string(bytes > entry.size() ? bytes - entry.size() : 0, ' '));
      backlog.add(events.entry(events.count() - 1).size() + 1);
    }
    books.counters.created += count;
    delivery.add(events, now);
  }
  std::optional<Batch> next(bool hurry = false) { return delivery.next(now, hurry); }
  // The batch that is due, answered so. Its size.
  std::size_t reply(const Answer& answer) {
    std::optional<Batch> batch = next(true);
    REQUIRE(batch.has_value());
    const std::size_t count = batch->count();
    wire::ByteBuffer body;
    append_body(body, *batch);
    bodies.emplace_back(body.view());
    delivery.answered(std::move(*batch), answer, 0.5, now, std::chrono::system_clock::now());
    return count;
  }
  ExportStats stats() const { return books.counters.snapshot(); }
  bool balanced() const {
    const ExportStats s = stats();
    return s.created == outcomes(s) + backlog.items();
  }

  std::vector<std::string> said;
  Books books{[this](std::string_view line) { said.emplace_back(line); }};
  Backlog backlog;
  HoneycombDelivery delivery{{"http://h", "the-key"}, backlog, books};
  std::chrono::steady_clock::time_point now{1h};
  std::vector<std::string> bodies;

 private:
  std::map<std::string, std::shared_ptr<Destination>> destinations_;
  int next_ = 0;
};

}  // namespace

TEST_CASE("events wait 100 ms for company, a full batch for none") {
  Desk desk;
  desk.add(3);
  CHECK_FALSE(desk.next());
  CHECK(desk.delivery.due(false) == desk.now + kBatchInterval);
  desk.now += kBatchInterval;
  CHECK(desk.next()->count() == 3);

  desk.add(wire::kBatchEventsMax);
  CHECK(desk.next()->count() == wire::kBatchEventsMax);

  desk.add(1);
  CHECK(desk.next(true)->count() == 1);  // in a hurry
}

TEST_CASE("a batch holds one destination, 500 events and 5,000,000 bytes at most") {
  Desk desk;
  desk.add(700);
  desk.add(5, 40, "other");
  std::vector<std::size_t> counts;
  while (auto batch = desk.next(true)) counts.push_back(batch->count());
  CHECK(counts == std::vector<std::size_t>{500, 200, 5});

  // Acceptance case 8: 12 events of 900 KB.
  desk.add(12, 900'000);
  std::size_t bodies = 0, events = 0;
  while (auto batch = desk.next(true)) {
    batch->may_be_there = true;  // the marks fit too
    wire::ByteBuffer body;
    append_body(body, *batch);
    CHECK(body.size() <= wire::kBatchBytesMax);
    ++bodies;
    events += batch->count();
  }
  CHECK(bodies >= 3);
  CHECK(events == 12);
}

// Acceptance case 5.
TEST_CASE("two 429 and a 200: the same events again, after growing waits, none lost") {
  Desk desk;
  desk.add(3);
  CHECK(desk.reply(answer(429)) == 3);
  CHECK_FALSE(desk.next(true));
  const auto first_wait = *desk.delivery.due(true) - desk.now;
  desk.now += first_wait;
  CHECK(desk.reply(answer(429)) == 3);
  const auto second_wait = *desk.delivery.due(true) - desk.now;
  CHECK(second_wait > first_wait);
  desk.now += second_wait;
  CHECK(desk.reply(all_accepted(3)) == 3);
  CHECK(desk.bodies[0] == desk.bodies[2]);
  CHECK(desk.stats().accepted == 3);
  CHECK(desk.balanced());
  CHECK(desk.said.size() == 1);
}

TEST_CASE("Retry-After holds back the whole endpoint") {
  Desk desk;
  desk.add(1);
  desk.reply(answer(429, "", "2"));
  desk.add(1, 40, "other");
  desk.now += 1999ms;
  CHECK_FALSE(desk.next(true));
  desk.now += 1ms;
  CHECK(desk.next(true));
}

TEST_CASE("a batch that fails by itself does not hold up the others") {
  Desk desk;
  desk.add(1);
  desk.reply(answer(500));
  desk.add(1, 40, "other");
  REQUIRE(desk.next(true)->destination->dataset == "other");
}

// Acceptance case 6.
TEST_CASE("statuses by event: 202 counts, 429 goes again, 400 is rejected and told") {
  Desk desk;
  desk.add(3);
  Answer mixed = answer(200, R"([{"status":202},{"status":429},)"
                             R"({"status":400,"error":"Event has too many columns."}])");
  desk.reply(mixed);
  CHECK(desk.stats().accepted == 1);
  CHECK(desk.stats().rejected == 1);
  CHECK_THAT(desk.stats().last_error, HasText("too many columns"));
  desk.now += 1s;
  CHECK(desk.reply(all_accepted(1)) == 1);
  CHECK_THAT(desk.bodies.back(), HasText("\"n\":1}"));
  CHECK(desk.stats().accepted == 2);
  CHECK(desk.balanced());
}

// Acceptance case 7.
TEST_CASE("413 halves until accepted, a lone event that is still too large is dropped") {
  Desk desk;
  desk.add(50);
  std::size_t requests = 0;
  while (auto batch = desk.next(true)) {
    ++requests;
    const bool has_the_fat_one = batch->bytes.view().find("\"n\":13}") != std::string_view::npos;
    const std::size_t count = batch->count();
    desk.delivery.answered(std::move(*batch), has_the_fat_one ? answer(413) : all_accepted(count),
                           0.5, desk.now, {});
  }
  CHECK(desk.stats().accepted == 49);
  CHECK(desk.stats().dropped_too_large == 1);
  CHECK(requests < 20);
  CHECK(desk.balanced());
}

TEST_CASE("an endpoint that lies about its statuses is believed where it spoke") {
  Desk desk;
  desk.add(3);
  desk.reply(statuses({202, 202}));
  CHECK(desk.stats().accepted == 2);
  CHECK(desk.stats().dropped_send_failed == 1);
  desk.add(1);
  desk.reply(statuses({202, 202, 202}));
  CHECK(desk.stats().accepted == 3);
  for (const char* body : {"", "<html></html>", "{}", "[{\"status\":\"fine\"}]"}) {
    desk.add(2);
    desk.reply(answer(200, body));
  }
  CHECK(desk.stats().dropped_send_failed == 9);
  CHECK(desk.said.size() == 1);
  CHECK(desk.balanced());
}

TEST_CASE("401 stops for a minute, drops meanwhile, and asks once again") {
  Desk desk;
  desk.add(2);
  desk.add(3, 40, "other");
  desk.reply(answer(401, R"({"error":"unknown API key the-key"})"));
  CHECK_FALSE(desk.next(true));
  CHECK(desk.stats().dropped_send_failed == 5);
  desk.add(4);
  CHECK(desk.stats().dropped_send_failed == 9);
  desk.now += kUnauthorisedPause;
  desk.add(1);
  CHECK(desk.reply(all_accepted(1)) == 1);
  CHECK(desk.stats().accepted == 1);
  CHECK(desk.said.size() == 1);
  CHECK_THAT(desk.said.front(), HasText("[key]") && !HasText("the-key"));
  CHECK(desk.balanced());
}

TEST_CASE("an endpoint gone for an hour costs ten tries a batch, then the events are dropped") {
  Desk desk;
  desk.add(2);
  unsigned tries = 0;
  for (auto end = desk.now + 1h; desk.now < end; desk.now += 100ms)
    while (auto batch = desk.next(true)) {
      ++tries;
      desk.delivery.answered(std::move(*batch), failure(Answer::Outcome::kNotSent), 0.5, desk.now,
                             {});
    }
  CHECK(tries == kAttemptsMax);
  CHECK(desk.stats().dropped_send_failed == 2);
  CHECK(desk.balanced());
}

TEST_CASE("events whose answer was lost go again marked as resent, others unmarked") {
  Desk desk;
  desk.add(2);
  desk.reply(failure(Answer::Outcome::kNotSent));
  desk.now += 1s;
  desk.reply(failure(Answer::Outcome::kLost));
  CHECK_THAT(desk.bodies[1], !HasText("resent"));
  desk.now += 5s;
  desk.reply(all_accepted(2));
  CHECK_THAT(desk.bodies[2], HasText(R"({"data":{"meta.autospan.resent":true,"n":0})"));
  CHECK_THAT(desk.bodies[2], HasText(R"({"data":{"meta.autospan.resent":true,"n":1})"));
  CHECK(desk.balanced());
}

TEST_CASE("an event refused for now keeps the mark of an answer that was lost before") {
  Desk desk;
  desk.add(2);
  desk.reply(failure(Answer::Outcome::kLost));
  desk.now += 1s;
  desk.reply(statuses({202, 429}));
  desk.now += 5s;
  CHECK(desk.reply(all_accepted(1)) == 1);
  CHECK_THAT(desk.bodies[2], HasText(R"({"data":{"meta.autospan.resent":true,"n":1})"));
  CHECK(desk.balanced());
}

TEST_CASE("what is left at the end is counted") {
  Desk desk;
  desk.add(2);
  desk.reply(answer(503));
  desk.add(3);
  desk.delivery.drop_all(desk.books.counters.exit);
  CHECK(desk.stats().dropped_exit == 5);
  CHECK_FALSE(desk.delivery.due(true));
  CHECK(desk.balanced());
}
