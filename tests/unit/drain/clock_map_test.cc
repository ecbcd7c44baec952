// From ticks to Unix time: corrections of the pace and steps of the clock never tear a trace.
#include "drain/clock_map.h"

#include <cstdint>
#include <random>

#include "catch.hpp"

namespace {

using autospan::drain::ClockMap;
using autospan::ring::ClockAnchor;

constexpr std::int64_t kMono = 1'000'000'000'000, kReal = 1'800'000'000'000'000'000;

// A TSC of 2 GHz that runs `ppm` fast, read `ns` after the start.
ClockAnchor anchor(std::int64_t ns, double ppm = 0, std::int64_t step_ns = 0) {
  return {std::uint64_t(double(ns) * 2 * (1 + ppm * 1e-6)) + 1000, kMono + ns, kReal + ns + step_ns, 1};
}

}  // namespace

TEST_CASE("ticks become Unix time at the pace that the anchors tell") {
  ClockMap map;
  map.use_tsc(1'990'000'000);  // a poor first estimate
  REQUIRE(map.add(anchor(0)));
  CHECK(map.unix_ns(1000, 1) == kReal);
  REQUIRE(map.add(anchor(10'000'000)));
  CHECK(map.unix_ns(anchor(5'000'000).ticks, 1) == kReal + 5'000'000);
  CHECK(map.unix_ns(anchor(20'000'000).ticks, 1) == kReal + 20'000'000);
  CHECK(map.duration_ns(anchor(7'000).ticks, 4'000) == 2'000);
  CHECK_FALSE(map.add(anchor(9'000'000)));  // older than the last
}

TEST_CASE("a pace that changes moves nothing that was mapped before") {
  ClockMap map;
  map.use_tsc(2'000'000'000);
  map.add(anchor(0));
  map.add(anchor(1'000'000'000));
  const std::int64_t before = map.unix_ns(anchor(500'000'000).ticks, 1);
  map.add(anchor(3'000'000'000, 40));
  CHECK(map.unix_ns(anchor(500'000'000).ticks, 1) == before);
  // A parent over both paces, its child in the second: within it, to the nanosecond.
  const std::uint64_t start = anchor(900'000'000).ticks, end = anchor(2'500'000'000, 30).ticks;
  const std::uint64_t child = start + (end - start) / 2;
  const std::int64_t parent_end = map.unix_ns(start, 1) + map.duration_ns(start, end - start);
  CHECK(map.unix_ns(child, 1) >= map.unix_ns(start, 1));
  CHECK(map.unix_ns(child, 1) + map.duration_ns(child, end - child) <= parent_end);
}

namespace {
constexpr std::int64_t kHour = 3'600'000'000'000;
}

TEST_CASE("a step of the clock shows in the traces that begin after it") {
  const std::int64_t step = GENERATE(kHour, -kHour);
  ClockMap map;
  map.use_tsc(2'000'000'000);
  map.add(anchor(0));
  map.add(anchor(1'000'000'000));
  CHECK(map.unix_ns(anchor(900'000'000).ticks, 7) == kReal + 900'000'000);
  map.add(anchor(2'000'000'000, 0, step));
  // The trace that was known keeps its clock; a new one has the new; an old moment the old.
  map.unix_ns(anchor(1'900'000'000).ticks, 8);
  CHECK(map.unix_ns(anchor(2'500'000'000).ticks, 8) == kReal + 2'500'000'000);
  CHECK(map.unix_ns(anchor(2'500'000'000).ticks, 9) == kReal + 2'500'000'000 + step);
  CHECK(map.unix_ns(anchor(500'000'000).ticks, 10) == kReal + 500'000'000);
  CHECK(map.duration_ns(anchor(1'900'000'000).ticks, 400'000'000) == 200'000'000);
}

TEST_CASE("slewing of less than a millisecond is no step") {
  ClockMap map;
  map.use_tsc(2'000'000'000);
  map.add(anchor(0));
  map.add(anchor(1'000'000'000, 0, 400'000));
  CHECK(map.unix_ns(anchor(1'500'000'000).ticks, 1) == kReal + 1'500'000'000);
}

TEST_CASE("a clock that went back gives no negative duration, hostile numbers no overflow") {
  ClockMap map;
  CHECK(map.unix_ns(5, 1) == 0);
  map.use_tsc(2'000'000'000);
  map.add(anchor(0));
  map.add(anchor(1'000'000'000));
  CHECK(map.duration_ns(anchor(1'000).ticks, std::uint64_t(-500)) == 0);
  std::mt19937_64 random(7);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t a = random() >> (random() % 64), b = random() >> (random() % 64);
    CHECK(map.duration_ns(a, b) >= 0);
    map.unix_ns(a, b);
    map.add({b, std::int64_t(random()), std::int64_t(random()), 1});
  }
}

TEST_CASE("many anchors are thinned, and neighbours still agree") {
  ClockMap map;
  map.use_tsc(2'000'000'000);
  for (std::int64_t i = 0; i < 5000; ++i) map.add(anchor(i * 10'000'000'000));
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < 50'000; i += 7) {
    const std::int64_t now = map.unix_ns(anchor(i * 1'000'000'000).ticks, 1);
    CHECK(now >= last);
    CHECK(std::llabs(now - (kReal + i * 1'000'000'000)) < 100);
    last = now;
  }
}

TEST_CASE("what a moment becomes does not depend on the moment asked for before") {
  const auto knots = [](ClockMap& map) {
    map.use_tsc(2'000'000'000);
    for (int i = 0; i < 8; ++i) map.add(anchor(i * 1'000'000, i % 3 * 40, i > 4 ? 5'000'000 : 0));
  };
  ClockMap asked;
  knots(asked);
  std::mt19937_64 random(11);
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t ticks = random() % 20'000'000, length = random() % 3'000'000;
    ClockMap fresh;
    knots(fresh);
    REQUIRE(asked.unix_ns(ticks) == fresh.unix_ns(ticks));
    REQUIRE(asked.duration_ns(ticks, length) == fresh.duration_ns(ticks, length));
  }
}
