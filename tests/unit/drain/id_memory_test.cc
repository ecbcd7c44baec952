// What is remembered is what would be computed.
#include "drain/id_memory.h"

#include <random>

#include "catch.hpp"

using namespace autospan;

TEST_CASE("remembered ids are those of ring/ids.h, whatever was asked before") {
  const std::uint64_t seeds[3][2] = {{0, 0}, {1, 2}, {1, 3}};
  drain::IdMemory memory;
  std::mt19937_64 random(5);
  for (int i = 0; i < 60'000; ++i) {
    const std::uint64_t* const seed = seeds[i / 50 % 3];
    std::uint64_t seq = random() % 200;
    if (i % 7 == 0) seq = random();
    if (i % 7 == 1) seq = ~random() % 3;
    if (i % 7 == 2) seq = ~std::uint64_t{0} - random() % 9;
    const ring::TraceIdWords trace = ring::trace_id(seed, seq);
    const SpanId span = drain::span_of_word(ring::span_id(seed, seq));
    switch (random() % 2) {
      case 0: REQUIRE(memory.trace(seed, seq) == drain::trace_of_words(trace.high, trace.low)); break;
      default: REQUIRE(memory.span(seed, seq) == span); break;
    }
  }
}
