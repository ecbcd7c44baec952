// Hexadecimal digits, both ways. No std: the recorder uses it too.
#pragma once

namespace autospan::model {

inline constexpr char kHexLower[] = "0123456789abcdef";
inline constexpr char kHexUpper[] = "0123456789ABCDEF";

// -1 = no digit.
constexpr int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

// Two digits of a byte; returns the end.
constexpr char* put_hex_byte(char* p, unsigned char byte, const char* digits = kHexLower) {
  *p++ = digits[byte >> 4];
  *p++ = digits[byte & 15];
  return p;
}

}  // namespace autospan::model
