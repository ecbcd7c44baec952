// Ids ↔ lower-case hex, as W3C trace-context and Honeycomb print them.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "autospan/span_data.h"
#include "model/hex.h"

namespace autospan::wire {

// Eight bytes at a time, all sixteen digits at once.
template <std::size_t N>
char* put_hex(char* p, const std::array<std::uint8_t, N>& bytes) {
  static_assert(N % 8 == 0);
  typedef std::uint8_t Digits __attribute__((vector_size(16)));
  for (std::size_t i = 0; i < N; i += 8, p += 16) {
    Digits eight{};
    std::memcpy(&eight, bytes.data() + i, 8);
    const Digits high = eight >> 4, low = eight & 15;
    const Digits values = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                                  21, 6, 22, 7, 23);
    const Digits digits = values + '0' + (Digits(values > 9) & std::uint8_t{'a' - '0' - 10});
    std::memcpy(p, &digits, 16);
  }
  return p;
}

// Exactly 2 N hex digits of either case, else false and `out` untouched.
template <std::size_t N>
bool parse_hex(std::string_view text, std::array<std::uint8_t, N>& out) {
  if (text.size() != 2 * N) return false;
  std::array<std::uint8_t, N> bytes{};
  for (std::size_t i = 0; i < 2 * N; ++i) {
    const int digit = model::hex_value(text[i]);
    if (digit < 0) return false;
    bytes[i / 2] = static_cast<std::uint8_t>(i % 2 == 0 ? digit << 4 : bytes[i / 2] | digit);
  }
  out = bytes;
  return true;
}

}  // namespace autospan::wire
