// The scan: eight bytes at a time while nothing needs more than a copy, one code point at a time
// where something does.
#include "wire/json_text.h"

#include <cstdint>
#include <cstring>

#include "model/hex.h"
#include "wire/utf8.h"

namespace autospan::wire {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

// Nonzero if one of the eight bytes is a control, a quote, a backslash or not ASCII.
inline std::uint64_t needs_care(std::uint64_t eight) {
  const std::uint64_t quote = eight ^ (kOnes * '"');
  const std::uint64_t slash = eight ^ (kOnes * '\\');
  return (eight | (eight - kOnes * 0x20) | ((quote - kOnes) & ~quote) |
          ((slash - kOnes) & ~slash)) &
         kHighs;
}

inline bool plain(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x20 && u < 0x80 && c != '"' && c != '\\';
}

char* put_escaped(char* p, char c) {
  *p++ = '\\';
  switch (c) {
    case '"':
      *p++ = '"';
      return p;
    case '\\':
      *p++ = '\\';
      return p;
    case '\n':
      *p++ = 'n';
      return p;
    case '\r':
      *p++ = 'r';
      return p;
    case '\t':
      *p++ = 't';
      return p;
    case '\b':
      *p++ = 'b';
      return p;
    case '\f':
      *p++ = 'f';
      return p;
    default:
      break;
  }
  return model::put_hex_byte(put(p, "u00"), static_cast<unsigned char>(c));
}

// From `from` on, which needs care. Room for six bytes a byte is reserved piece by piece.
bool append_carefully(ByteBuffer& out, const char* from, const char* end, std::size_t bytes_left) {
  constexpr std::size_t kPiece = 512;
  bool cut = false;
  while (from < end && !cut) {
    char* p = out.reserve(kPiece * 6);
    for (std::size_t i = 0; i < kPiece && from < end; ++i) {
      if (plain(*from) || static_cast<unsigned char>(*from) < 0x80) {
        if ((cut = bytes_left < 1)) break;
        p = plain(*from) ? (*p = *from, p + 1) : put_escaped(p, *from);
        ++from;
        --bytes_left;
        continue;
      }
      const Utf8Step step = utf8_step(from, end);
      const std::string_view code = step.valid ? std::string_view(from, step.bytes) : kReplacement;
      if ((cut = bytes_left < code.size())) break;
      p = put(p, code);
      from += step.bytes;
      bytes_left -= code.size();
    }
    out.set_end(p);
  }
  return cut;
}

}  // namespace

bool append_json_text(ByteBuffer& out, std::string_view text, std::size_t bytes_max) {
  const char* from = text.data();
  const char* const end = from + text.size();
  const char* const fast_end = text.size() > bytes_max ? from + bytes_max : end;
  char* p = out.reserve(text.size() + 2);
  *p++ = '"';
  while (fast_end - from >= 8) {
    std::uint64_t eight;
    std::memcpy(&eight, from, 8);
    if (needs_care(eight)) break;
    std::memcpy(p, &eight, 8);
    p += 8;
    from += 8;
  }
  while (from < fast_end && plain(*from)) *p++ = *from++;
  out.set_end(p);
  bool cut = false;
  if (from < end)
    cut =
        append_carefully(out, from, end, bytes_max - static_cast<std::size_t>(from - text.data()));
  out.push('"');
  return cut;
}

}  // namespace autospan::wire
