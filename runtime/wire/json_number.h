// Numbers as JSON: exact 64-bit integers, shortest decimals that read back to the same bits.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>

#include "wire/byte_buffer.h"
#include "wire/digits.h"

namespace autospan::wire {

inline constexpr std::size_t kNumberBytes = 32;  // room for any number below

inline char* put_unsigned(char* p, std::uint64_t v) {
  if (v >= 10'000) return std::to_chars(p, p + kNumberBytes, v).ptr;
  // Most are small.
  const auto few = static_cast<std::uint32_t>(v);
  if (few >= 1'000) return put_four(p, few);
  if (few >= 100) return put_pair((*p = static_cast<char>('0' + few / 100), p + 1), few % 100);
  if (few >= 10) return put_pair(p, few);
  return *p = static_cast<char>('0' + few), p + 1;
}
inline char* put_integer(char* p, std::int64_t v) {
  if (v >= 0) return put_unsigned(p, static_cast<std::uint64_t>(v));
  *p = '-';
  return put_unsigned(p + 1, 0 - static_cast<std::uint64_t>(v));
}

// `v` is finite: JSON has no NaN and no infinity. A whole number keeps a ".0", so that a column's
// type does not hang on which value came first.
template <typename Real>
char* put_real(char* p, Real v) {
  char* const end = std::to_chars(p, p + kNumberBytes - 2, v).ptr;
  for (const char* c = p; c < end; ++c)
    if (*c == '.' || *c == 'e') return end;
  return put(end, ".0");
}

// Nanoseconds as decimal milliseconds, exact: 1500000 → 1.5, 1 → 0.000001.
inline char* put_milliseconds(char* p, std::int64_t ns) {
  std::uint64_t left = static_cast<std::uint64_t>(ns);
  if (ns < 0) {
    *p++ = '-';
    left = 0 - left;
  }
  p = put_unsigned(p, left / 1'000'000);
  *p++ = '.';
  // Up to the last of its six digits that is not zero, one at least.
  const std::uint64_t fraction = eight_digits(static_cast<std::uint32_t>(left % 1'000'000) * 100);
  const std::uint64_t text = fraction | kZeros;
  std::memcpy(p, &text, 8);
  return p + (71 - static_cast<unsigned>(__builtin_clzll(fraction | 1))) / 8;
}

}  // namespace autospan::wire
