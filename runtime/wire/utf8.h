// UTF-8 as Unicode table 3-7 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace autospan::wire {

// What starts at `p`: a code point of `bytes` bytes, or (valid = false) the longest run of bytes
// that could have begun one, which a reader shows as one U+FFFD.
struct Utf8Step {
  std::size_t bytes;
  bool valid;
};

inline Utf8Step utf8_step(const char* text, const char* end) {
  const auto* p = reinterpret_cast<const unsigned char*>(text);
  const std::size_t left = static_cast<std::size_t>(end - text);
  const unsigned char lead = *p;
  if (lead < 0x80) return {1, true};
  if (lead < 0xc2 || lead > 0xf4) return {1, false};
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte alone carries the rules against overlong forms, surrogates and > U+10FFFF.
  unsigned char low = 0x80, high = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= left || p[i] < low || p[i] > high) return {i, false};
    low = 0x80;
    high = 0xbf;
  }
  return {length, true};
}

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// `text` as valid UTF-8 of at most `bytes_max` bytes: broken sequences become U+FFFD, the cut falls
// between two code points.
inline std::string repaired(std::string_view text, std::size_t bytes_max) {
  std::string out;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const Utf8Step step = utf8_step(p, end);
    const std::string_view code = step.valid ? std::string_view(p, step.bytes) : kReplacement;
    if (out.size() + code.size() > bytes_max) break;
    out += code;
    p += step.bytes;
  }
  return out;
}

inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

}  // namespace autospan::wire
