// Ids are pure functions of a thread's 128-bit random seed and a 64-bit sequence number, so that
// the hot path writes none: they are computed while a span is open, for propagation, and again
// when it is drained, with the same result. SipHash-2-4 (Aumasson and Bernstein, 2012,
// https://www.aumasson.jp/siphash/siphash.pdf) of the two words {sequence, domain}: nobody who sees
// ids can tell the next one.
#pragma once

#include <stdint.h>

namespace autospan::ring {

enum class IdDomain : uint64_t { kSpan = 1, kTraceHigh = 2, kTraceLow = 3 };

namespace detail {
constexpr uint64_t rotate_left(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

struct SipState {
  uint64_t v0, v1, v2, v3;
  constexpr void round() {
    v0 += v1; v1 = rotate_left(v1, 13); v1 ^= v0; v0 = rotate_left(v0, 32);
    v2 += v3; v3 = rotate_left(v3, 16); v3 ^= v2;
    v0 += v3; v3 = rotate_left(v3, 21); v3 ^= v0;
    v2 += v1; v1 = rotate_left(v1, 17); v1 ^= v2; v2 = rotate_left(v2, 32);
  }
  constexpr void absorb(uint64_t word) {
    v3 ^= word;
    round(); round();
    v0 ^= word;
  }
};
}  // namespace detail

constexpr uint64_t siphash(uint64_t k0, uint64_t k1, uint64_t word0, uint64_t word1) {
  detail::SipState s{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                     k1 ^ 0x7465646279746573};
  s.absorb(word0);
  s.absorb(word1);
  s.absorb(uint64_t{16} << 56);
  s.v2 ^= 0xff;
  s.round(); s.round(); s.round(); s.round();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

// Never zero: W3C trace-context forbids an all-zero id, and Honeycomb's husky drops the first
// eight bytes of a trace id where they are zero.
constexpr uint64_t never_zero(uint64_t hash) { return hash ? hash : 0x6175746f7370616e; }

// As numbers; on the wire and in a context the most significant byte comes first.
constexpr uint64_t span_id(const uint64_t seed[2], uint64_t seq) {
  return never_zero(siphash(seed[0], seed[1], seq, uint64_t(IdDomain::kSpan)));
}
struct TraceIdWords {
  uint64_t high, low;
};
constexpr TraceIdWords trace_id(const uint64_t seed[2], uint64_t root_seq) {
  return {never_zero(siphash(seed[0], seed[1], root_seq, uint64_t(IdDomain::kTraceHigh))),
          siphash(seed[0], seed[1], root_seq, uint64_t(IdDomain::kTraceLow))};
}

constexpr void store_big_endian(uint64_t word, uint8_t out[8]) {
  for (int i = 0; i < 8; ++i) out[i] = uint8_t(word >> (56 - 8 * i));
}
constexpr uint64_t load_big_endian(const uint8_t in[8]) {
  uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word = word << 8 | in[i];
  return word;
}

}  // namespace autospan::ring
