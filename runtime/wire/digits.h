// Decimal digits two at a time.
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

}  // namespace autospan::wire
