// The retry policy, as a table.
#include "export/retry.h"

#include <locale.h>
#include <stdlib.h>

#include <filesystem>

#include "catch.hpp"
#include "export/message.h"
#include "words.h"

using namespace words;
using namespace std::chrono_literals;
using Wall = std::chrono::system_clock;

namespace {

const Wall::time_point kNow = Wall::from_time_t(1'795'489'909);  // Tue, 24 Nov 2026 03:11:49 GMT

Judgement of(const Answer& answer, unsigned attempts = 1) {
  return judge(answer, attempts, 0.5, kNow);
}

}  // namespace

TEST_CASE("every answer has its verdict") {
  struct Row {
    int status;
    Verdict verdict;
    bool whole_endpoint;
  };
  const Row rows[] = {
      {200, Verdict::kRead, false},        {202, Verdict::kRead, false},
      {301, Verdict::kGiveUp, false},      {400, Verdict::kReject, false},
      {401, Verdict::kUnauthorised, true}, {403, Verdict::kUnauthorised, true},
      {404, Verdict::kReject, false},      {408, Verdict::kRetry, true},
      {413, Verdict::kSplit, false},       {415, Verdict::kReject, false},
      {422, Verdict::kReject, false},      {429, Verdict::kRetry, true},
      {500, Verdict::kRetry, false},       {502, Verdict::kRetry, false},
      {503, Verdict::kRetry, true},        {504, Verdict::kRetry, false},
  };
  for (const Row& row : rows) {
    INFO(row.status);
    CHECK(of(answer(row.status)).verdict == row.verdict);
    CHECK(of(answer(row.status)).whole_endpoint == row.whole_endpoint);
  }
  CHECK(of(failure(Answer::Outcome::kNotSent)).verdict == Verdict::kRetry);
  CHECK(of(failure(Answer::Outcome::kLost)).verdict == Verdict::kRetry);
  CHECK(of(failure(Answer::Outcome::kCancelled)).verdict == Verdict::kCancelled);
  CHECK(of(answer(503), kAttemptsMax).verdict == Verdict::kGiveUp);
}

TEST_CASE("waits grow with every attempt whatever the jitter, up to a limit") {
  for (unsigned attempt = 1; attempt < 6; ++attempt)
    CHECK(backoff(attempt + 1, 0.0) > backoff(attempt, 0.999));
  CHECK(backoff(1, 0.5) == 500ms);
  CHECK(backoff(3, 0.5) == 2s);
  CHECK(backoff(100, 0.999) <= kBackoffMax * 1.2);
  CHECK(of(answer(429), 2).wait == 1s);
}

TEST_CASE("Retry-After is kept within reason") {
  CHECK(of(answer(429, "", "2")).wait == 2s);
  CHECK(of(answer(503, "", "Tue, 24 Nov 2026 03:11:54 GMT")).wait == 5s);
  CHECK(of(answer(429, "", "86400")).wait == kRetryAfterMax);
  CHECK(of(answer(429, "", "99999999999999999999")).wait == kRetryAfterMax);
  CHECK(of(answer(429, "", "Wed, 24 Nov 2027 03:11:54 GMT")).wait == kRetryAfterMax);
  // At once would be a storm: our own backoff instead.
  for (const char* value : {"0", "", "soon", "-5", "Tue, 24 Nov 2020 03:11:54 GMT", "1.5"})
    CHECK(of(answer(429, "", value)).wait == 500ms);
}

TEST_CASE("an HTTP date is one form, with the calendar's own limits") {
  for (const char* value :
       {"tuesday,24  november 2026 03:11:54 GMT", "Tue, 24 Nov 2026 03:11:54 CET",
        "Tue, 24 Now 2026 03:11:54 GMT", "Tue, 31 Nov 2026 03:11:54 GMT",
        "Tue, 24 Nov 2026 24:11:54 GMT", "Tue, +4 Nov 2026 03:11:54 GMT", "Tue, 24 Nov 2026"})
    CHECK(of(answer(429, "", value)).wait == 500ms);
}

TEST_CASE("an HTTP date is English, whatever LC_TIME the host has set") {
  char place[] = "/tmp/autospan-test-XXXXXX";
  REQUIRE(mkdtemp(place) != nullptr);
  // German weekdays have two letters: "Sat" begins with one of them.
  const std::string made = std::string(place) + "/de_DE.UTF-8";
  const bool there =
      system(("localedef -c -i de_DE -f UTF-8 " + made + " 2>/dev/null").c_str()) != -1 &&
      setenv("LOCPATH", place, 1) == 0 && setlocale(LC_TIME, "de_DE.UTF-8") != nullptr;
  if (there) {
    CHECK(judge(answer(503, "", "Sat, 28 Nov 2026 03:11:54 GMT"), 1, 0.5,
                kNow + std::chrono::hours(24 * 4))
              .wait == 5s);
  } else {
    WARN("no German locale can be made here: not tested");
  }
  setlocale(LC_TIME, "C");
  unsetenv("LOCPATH");
  std::filesystem::remove_all(place);
}

TEST_CASE("an endpoint's words are shown without the key, on one short line") {
  CHECK(presentable("no such key: abc123, abc123", "abc123") == "no such key: [key], [key]");
  CHECK(presentable("a\r\n\x1b[31mb\xff", "k") == "a [31mb ");
  CHECK(presentable(std::string(190, 'x') + "secretsecretsecret", "secretsecretsecret") ==
        std::string(190, 'x') + "[key]");
  CHECK(presentable(std::string(500, 'x'), "").size() <= 203);
  CHECK(without_credentials("http://user:pass@host:1/p@q") == "http://host:1/p@q");
  CHECK(without_credentials("http://host/p@q") == "http://host/p@q");
}
