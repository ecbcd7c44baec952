// RFC 3339, both ways.
#include <time.h>

#include <random>

#include "catch.hpp"
#include "wire/time_memory.h"
#include "wire/time_text.h"

using namespace autospan::wire;

namespace {

std::string text_of(std::int64_t ns) {
  char text[kTimeBytes];
  return std::string(text, put_time(text, ns));
}

}  // namespace

TEST_CASE("times are printed in UTC with nine digits over the whole range") {
  CHECK(text_of(1'795'489'909'061'519'157) == "2026-11-24T03:11:49.061519157Z");
  CHECK(text_of(0) == "1970-01-01T00:00:00.000000000Z");
  CHECK(text_of(-1) == "1969-12-31T23:59:59.999999999Z");
  CHECK(text_of(951'782'400'000'000'000) == "2000-02-29T00:00:00.000000000Z");
  CHECK(text_of(INT64_MAX) == "2262-04-11T23:47:16.854775807Z");
  CHECK(text_of(INT64_MIN) == "1677-09-21T00:12:43.145224192Z");
}

TEST_CASE("the calendar agrees with libc and every printed time reads back") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto ns = static_cast<std::int64_t>(random());
    const std::string text = text_of(ns);
    REQUIRE(parse_time(text) == ns);
    std::int64_t seconds = ns / 1'000'000'000;
    if (ns % 1'000'000'000 < 0) --seconds;
    tm parts;
    const time_t t = seconds;
    gmtime_r(&t, &parts);
    char expected[32];
    strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &parts);
    REQUIRE(text.substr(0, 19) == expected);
  }
  CHECK(parse_time(text_of(INT64_MIN)) == INT64_MIN);
  CHECK(parse_time(text_of(INT64_MAX)) == INT64_MAX);
}

TEST_CASE("a remembered second gives the times that are computed anew") {
  TimeMemory memory;
  const auto same = [&](std::int64_t ns) {
    char text[kTimeBytes];
    REQUIRE(std::string(text, memory.put(text, ns)) == text_of(ns));
  };
  constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;
  const std::int64_t moments[] = {0, 1, -1, INT64_MIN, INT64_MAX, INT64_MIN + kSecond,
                                  INT64_MAX - kSecond, 951'782'400 * kSecond,  // 29 February 2000
                                  -2'203'891'200 * kSecond,                    // 1 March 1900
                                  1'795'489'909'061'519'157};
  // Each after each other, and every step over the borders of seconds and days around them.
  for (std::int64_t from : moments)
    for (std::int64_t to : moments)
      for (std::int64_t step : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, kSecond - 1, kSecond,
                                kDay - 1, kDay, -kDay}) {
        std::int64_t moved;
        same(from);
        if (!__builtin_add_overflow(to, step, &moved)) same(moved);
      }
  std::mt19937_64 random(8);
  std::int64_t at = -3 * kDay;
  for (int i = 0; i < 50'000; ++i) {
    same(at);
    at += static_cast<std::int64_t>(random() % (20 * kSecond)) - 3 * kSecond;
    if (i % 1000 == 0) at = static_cast<std::int64_t>(random());
    if (at > INT64_MAX - kDay) at = 0;
  }
}

TEST_CASE("others' spellings of a time are understood") {
  const std::int64_t noon = 1'795'521'600'000'000'000;
  CHECK(parse_time("2026-11-24T12:00:00Z") == noon);
  CHECK(parse_time("2026-11-24T12:00:00.5Z") == noon + 500'000'000);
  CHECK(parse_time("2026-11-24t12:00:00z") == noon);
  CHECK(parse_time("2026-11-24 12:00:00Z") == noon);
  CHECK(parse_time("2026-11-24T14:00:00+02:00") == noon);
  CHECK(parse_time("2026-11-24T06:30:00-05:30") == noon);
  CHECK(parse_time("2026-11-24T12:00:00.1234567899Z") == noon + 123'456'789);
}

TEST_CASE("what is no time is none") {
  for (const char* text : {"", "now", "2026-11-24", "2026-11-24T12:00:00", "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T12:00:00.Z",
                           "2026-11-24T12:00:00Zx", "2026-11-24T12:00:00+2:00",
                           "1500-01-01T00:00:00Z", "2263-01-01T00:00:00Z", "-026-11-24T12:00:00Z",
                           "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-24T12:60:00Z"})
    CHECK_FALSE(parse_time(text).has_value());
}
