#include "drain/ids_by_four.h"

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

}  // namespace

void siphash_by_four(const std::uint64_t seed[2], const std::uint64_t words[4],
                     const std::uint64_t domains[4], std::uint64_t out[4]) {
#if defined(__x86_64__)
  if (kAvx2) return hash_avx2(seed, words, domains, out);
#endif
  hash(seed, words, domains, out);
}

}  // namespace autospan::drain
