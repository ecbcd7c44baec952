// Ids ↔ lower-case hex, as W3C trace-context and Honeycomb print them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "autospan/span_data.h"
#include "model/hex.h"

namespace autospan::wire {

template <std::size_t N>
char* put_hex(char* p, const std::array<std::uint8_t, N>& bytes) {
  for (std::uint8_t byte : bytes) p = model::put_hex_byte(p, byte);
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
