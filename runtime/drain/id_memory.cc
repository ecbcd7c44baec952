#include "drain/id_memory.h"

#include <cstring>

namespace autospan::drain {
namespace {

typedef std::uint64_t Lanes __attribute__((vector_size(32)));

// ring::siphash(), a lane a number. Through pointers only: how vectors are passed depends on the
// instruction set.
[[gnu::always_inline]] inline void hash(const std::uint64_t seed[2], const std::uint64_t* words,
                                        const std::uint64_t* domains, std::uint64_t* out) {
  Lanes word, domain;
  std::memcpy(&word, words, sizeof word);
  std::memcpy(&domain, domains, sizeof domain);
  Lanes v0 = Lanes{} + (seed[0] ^ 0x736f6d6570736575), v1 = Lanes{} + (seed[1] ^ 0x646f72616e646f6d),
        v2 = Lanes{} + (seed[0] ^ 0x6c7967656e657261), v3 = Lanes{} + (seed[1] ^ 0x7465646279746573);
#define ROTATED(v, bits) ((v) << (bits) | (v) >> (64 - (bits)))
  const auto rounds = [&](int count) __attribute__((always_inline)) {
    for (int i = 0; i < count; ++i) {
      v0 += v1; v1 = ROTATED(v1, 13); v1 ^= v0; v0 = ROTATED(v0, 32);
      v2 += v3; v3 = ROTATED(v3, 16); v3 ^= v2;
      v0 += v3; v3 = ROTATED(v3, 21); v3 ^= v0;
      v2 += v1; v1 = ROTATED(v1, 17); v1 ^= v2; v2 = ROTATED(v2, 32);
    }
  };
#undef ROTATED
  v3 ^= word;
  rounds(2);
  v0 ^= word;
  v3 ^= domain;
  rounds(2);
  v0 ^= domain;
  const Lanes length = Lanes{} + (std::uint64_t{16} << 56);
  v3 ^= length;
  rounds(2);
  v0 ^= length;
  v2 ^= Lanes{} + 0xff;
  rounds(4);
  const Lanes hashes = v0 ^ v1 ^ v2 ^ v3;
  std::memcpy(out, &hashes, sizeof hashes);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void hash_avx2(const std::uint64_t seed[2], const std::uint64_t* words,
                                       const std::uint64_t* domains, std::uint64_t* out) {
  hash(seed, words, domains, out);
}
const bool kAvx2 = __builtin_cpu_supports("avx2");
#endif

void hash_four(const std::uint64_t seed[2], const std::uint64_t* words,
               const std::uint64_t* domains, std::uint64_t* out) {
#if defined(__x86_64__)
  if (kAvx2) return hash_avx2(seed, words, domains, out);
#endif
  hash(seed, words, domains, out);
}

}  // namespace

void IdMemory::forget(const std::uint64_t next_seed[2]) {
  seed_[0] = next_seed[0];
  seed_[1] = next_seed[1];
  fours_ = {};
  has_trace_ = false;
}

// The neighbours with it: a thread's spans are numbered in a row, and a hash costs more than all else
// that is told of a span.
void IdMemory::make(Four& four, std::uint64_t number) {
  constexpr auto kSpan = std::uint64_t(ring::IdDomain::kSpan);
  constexpr std::uint64_t domains[4] = {kSpan, kSpan, kSpan, kSpan};
  const std::uint64_t first = number * 4;
  const std::uint64_t words[4] = {first, first + 1, first + 2, first + 3};
  std::uint64_t hashes[4];
  hash_four(seed_, words, domains, hashes);
  for (std::size_t i = 0; i < 4; ++i) four.ids[i] = span_of_word(ring::never_zero(hashes[i]));
  four.number = number;
}

void IdMemory::make_trace(std::uint64_t root) {
  constexpr std::uint64_t domains[4] = {std::uint64_t(ring::IdDomain::kTraceHigh),
                                        std::uint64_t(ring::IdDomain::kTraceLow)};
  const std::uint64_t words[4] = {root, root};
  std::uint64_t hashes[4];
  hash_four(seed_, words, domains, hashes);
  trace_ = trace_of_words(ring::never_zero(hashes[0]), hashes[1]);
  root_ = root;
  has_trace_ = true;
}

}  // namespace autospan::drain
