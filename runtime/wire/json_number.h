// Numbers as JSON: exact 64-bit integers, shortest decimals that read back to the same bits.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>

#include "wire/byte_buffer.h"
#include "wire/digits.h"

namespace autospan::wire {

inline constexpr std::size_t kNumberBytes = 32;  // room for any number below

inline char* put_integer(char* p, std::int64_t v) {
  return std::to_chars(p, p + kNumberBytes, v).ptr;
}
inline char* put_unsigned(char* p, std::uint64_t v) {
  return std::to_chars(p, p + kNumberBytes, v).ptr;
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
  const std::uint32_t fraction = static_cast<std::uint32_t>(left % 1'000'000);
  char* end = put_four(put_pair(p, fraction / 10'000), fraction % 10'000);
  while (end > p + 1 && end[-1] == '0') --end;
  return end;
}

}  // namespace autospan::wire
