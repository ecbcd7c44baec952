#include "text_width.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

#include "wire/utf8.h"

namespace autospan::cli {
namespace {

struct Range {
  std::uint32_t first, last;
};

// Unicode's zero-width marks as far as names and values are likely to hold them. libc's wcwidth
// answers by locale, and a cron job's locale is C.
constexpr Range kZeroWidth[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd},   {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0900, 0x0902}, {0x093c, 0x093c},   {0x0941, 0x0948},   {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x200b, 0x200d},   {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};
// East Asian Wide and Fullwidth, and emoji.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},
    {0x2705, 0x2705},   {0x270a, 0x270b},   {0x274c, 0x274c},   {0x2753, 0x2755},
    {0x2795, 0x2797},   {0x2b1b, 0x2b1c},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18cff}, {0x1b000, 0x1b2ff}, {0x1f18e, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f64f}, {0x1f680, 0x1f6fc}, {0x1f7e0, 0x1f7eb},
    {0x1f90c, 0x1faff}, {0x20000, 0x3fffd},
};
// What moves or hides other characters: bidirectional controls, separators, invisible operators.
constexpr Range kUnseen[] = {
    {0x0080, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

template <std::size_t N>
bool in(const Range (&ranges)[N], std::uint32_t c) {
  for (const Range& range : ranges)
    if (c >= range.first && c <= range.last) return true;
  return false;
}

std::uint32_t code_point(const char* text, std::size_t bytes) {
  const auto* p = reinterpret_cast<const unsigned char*>(text);
  if (bytes == 1) return p[0];
  std::uint32_t c = p[0] & (0x7f >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) c = c << 6 | (p[i] & 0x3f);
  return c;
}

std::size_t width_of(std::uint32_t c) {
  if (c < 0x300) return 1;
  if (in(kZeroWidth, c)) return 0;
  return in(kWide, c) ? 2 : 1;
}

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const wire::Utf8Step step = wire::utf8_step(p, end);
    const std::uint32_t c = code_point(p, step.bytes);
    if (!step.valid) {
      for (std::size_t i = 0; i < step.bytes; ++i)
        append_escape(out, static_cast<unsigned char>(p[i]));
    } else if (c < 0x20 || c == 0x7f) {
      append_escape(out, static_cast<unsigned char>(c));
    } else if (c >= 0x80 && in(kUnseen, c)) {
      fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", c);
    } else {
      out.append(p, step.bytes);
    }
    p += step.bytes;
  }
  return out;
}

std::size_t text_width(std::string_view text) {
  std::size_t columns = 0;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const wire::Utf8Step step = wire::utf8_step(p, end);
    columns += step.valid ? width_of(code_point(p, step.bytes)) : 1;
    p += step.bytes;
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (text_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t used = 0;
  const char* const end = text.data() + text.size();
  const char* p = text.data();
  while (p < end) {
    const wire::Utf8Step step = wire::utf8_step(p, end);
    const std::size_t width = step.valid ? width_of(code_point(p, step.bytes)) : 1;
    if (used + width > columns - 1) break;
    used += width;
    p += step.bytes;
  }
  return std::string(text.data(), p) + "…";
}

std::string keep_end_of(std::string_view text, std::size_t columns) {
  const std::size_t whole = text_width(text);
  if (whole <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t left = whole;
  const char* const end = text.data() + text.size();
  const char* p = text.data();
  while (p < end && left > columns - 1) {
    const wire::Utf8Step step = wire::utf8_step(p, end);
    left -= step.valid ? width_of(code_point(p, step.bytes)) : 1;
    p += step.bytes;
  }
  return "…" + std::string(p, end);
}

std::string pad_right(std::string text, std::size_t columns) {
  const std::size_t width = text_width(text);
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t columns) {
  const std::size_t width = text_width(text);
  if (width < columns) text.insert(0, columns - width, ' ');
  return text;
}

}  // namespace autospan::cli
