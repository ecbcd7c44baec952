// Decimal digits two and eight at a time.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace autospan::wire {

inline constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

inline char* put_pair(char* p, std::uint32_t below_100) {
  std::memcpy(p, kPairs.data() + 2 * below_100, 2);
  return p + 2;
}
inline char* put_four(char* p, std::uint32_t below_10000) {
  return put_pair(put_pair(p, below_10000 / 100), below_10000 % 100);
}


// Eight digits as the bytes of a word, the first one lowest, without a table: each step halves all
// groups of digits at once. `below` is less than 100,000,000.
inline std::uint64_t eight_digits(std::uint32_t below) {
  const std::uint64_t fours = below / 10'000 | std::uint64_t{below % 10'000} << 32;
  const std::uint64_t hundreds = (fours * 10'486 >> 20) & 0x0000'007f'0000'007f;
  const std::uint64_t pairs = ((fours - 100 * hundreds) << 16) + hundreds;
  const std::uint64_t tens = (pairs * 103 >> 10) & 0x000f'000f'000f'000f;
  return ((pairs - 10 * tens) << 8) + tens;
}
inline constexpr std::uint64_t kZeros = 0x3030'3030'3030'3030;
inline char* put_eight(char* p, std::uint32_t below) {
  const std::uint64_t text = eight_digits(below) | kZeros;
  std::memcpy(p, &text, 8);
  return p + 8;
}

}  // namespace autospan::wire
