// The scan: a block at a time where nothing in the text needs more than a copy, one code point at a
// time where something does.
#include "wire/json_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "model/hex.h"
#include "wire/utf8.h"

namespace autospan::wire {
namespace {

// Of the characters that a JSON string takes as they are, none is a control, a quote, a backslash
// or not ASCII. Read as signed numbers, controls and what is not ASCII are those below a space.
typedef signed char Sixteen __attribute__((vector_size(16)));
typedef signed char Eight __attribute__((vector_size(8)));
template <typename Block>
inline bool needs_care(Block c) {
  const Block odd = (c < ' ') | (c == '"') | (c == '\\');
  std::uint64_t words[sizeof(Block) / 8];
  std::memcpy(words, &odd, sizeof odd);
  std::uint64_t any = 0;
  for (std::uint64_t word : words) any |= word;
  return any != 0;
}

template <typename Block>
inline bool copy_plain_block(char* p, const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  std::memcpy(p, &block, sizeof block);
  return !needs_care(block);
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

// Room for six bytes a byte is reserved piece by piece.
bool append_carefully(ByteBuffer& out, const char* from, const char* end, std::size_t bytes_left) {
  constexpr std::size_t kPiece = sizeof(Sixteen);
  while (from < end) {
    char* p = out.reserve(kPiece * 6);
    const std::size_t whole = std::min(bytes_left, static_cast<std::size_t>(end - from));
    if (whole >= kPiece && copy_plain_block<Sixteen>(p, from)) {
      out.set_end(p + kPiece);
      from += kPiece;
      bytes_left -= kPiece;
      continue;
    }
    for (std::size_t i = 0; i < kPiece && from < end; ++i) {
      const bool ascii = static_cast<unsigned char>(*from) < 0x80;
      const Utf8Step step = ascii ? Utf8Step{1, true} : utf8_step(from, end);
      const std::string_view code = step.valid ? std::string_view(from, step.bytes) : kReplacement;
      if (bytes_left < code.size()) return out.set_end(p), true;
      p = !ascii || plain(*from) ? put(p, code) : put_escaped(p, *from);
      from += step.bytes;
      bytes_left -= code.size();
    }
    out.set_end(p);
  }
  return false;
}

// Whether the text was copied as a whole: nothing of it needs more. The last block lies over the one
// before it where they do not come out even, so that nothing is left to copy one by one.
template <typename Block>
inline bool copy_plain_blocks(char* p, const char* from, std::size_t bytes) {
  for (std::size_t at = 0; at + sizeof(Block) < bytes; at += sizeof(Block))
    if (!copy_plain_block<Block>(p + at, from + at)) return false;
  const std::size_t last = bytes - sizeof(Block);
  return copy_plain_block<Block>(p + last, from + last);
}
inline bool copy_plain(char* p, const char* from, std::size_t bytes) {
  if (bytes >= sizeof(Sixteen)) return copy_plain_blocks<Sixteen>(p, from, bytes);
  if (bytes >= sizeof(Eight)) return copy_plain_blocks<Eight>(p, from, bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    if (!plain(from[i])) return false;
    p[i] = from[i];
  }
  return true;
}

}  // namespace

char* put_plain_text(char* p, std::string_view text) {
  *p++ = '"';
  if (!copy_plain(p, text.data(), text.size())) return nullptr;
  p += text.size();
  *p++ = '"';
  return p;
}

bool append_json_text(ByteBuffer& out, std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max)
    if (const char* const end = put_plain_text(out.reserve(text.size() + 2), text))
      return out.set_end(end), false;
  out.push('"');
  const bool cut = append_carefully(out, text.data(), text.data() + text.size(), bytes_max);
  out.push('"');
  return cut;
}

}  // namespace autospan::wire
