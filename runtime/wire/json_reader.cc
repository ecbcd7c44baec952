#include "wire/json_reader.h"

#include <charconv>
#include <cstring>

#include "wire/byte_buffer.h"
#include "wire/utf8.h"

namespace autospan::wire {

using Token = JsonReader::Token;

Token JsonReader::fail() {
  failed_ = true;
  p_ = end_;
  return Token::kError;
}

void JsonReader::skip_space() {
  while (p_ < end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
}

Token JsonReader::next() {
  if (failed_) return Token::kError;
  skip_space();
  token_begin_ = p_;
  if (p_ == end_) return expect_ == Expect::kNothing ? Token::kEnd : fail();
  switch (expect_) {
    case Expect::kNothing:
      return fail();
    case Expect::kValue:
      return value();
    case Expect::kColon:
      if (*p_ != ':') return fail();
      ++p_;
      skip_space();
      token_begin_ = p_;
      return p_ == end_ ? fail() : value();
    case Expect::kFirst:
      if (*p_ == (objects_ & 1 ? '}' : ']')) return close();
      break;
    case Expect::kSeparator:
      if (*p_ == (objects_ & 1 ? '}' : ']')) return close();
      if (*p_ != ',') return fail();
      ++p_;
      skip_space();
      token_begin_ = p_;
      if (p_ == end_) return fail();
      break;
  }
  if (!(objects_ & 1)) return value();
  return *p_ == '"' ? text_token(Token::kKey) : fail();
}

Token JsonReader::value() {
  expect_ = depth_ == 0 ? Expect::kNothing : Expect::kSeparator;
  switch (*p_) {
    case '{':
      return open(true);
    case '[':
      return open(false);
    case '"':
      return text_token(Token::kText);
    case 't':
      return word("true", Token::kTrue);
    case 'f':
      return word("false", Token::kFalse);
    case 'n':
      return word("null", Token::kNull);
    default:
      return number_token();
  }
}

Token JsonReader::open(bool object) {
  if (depth_ == kDepthMax) return fail();
  ++p_;
  ++depth_;
  objects_ = objects_ << 1 | (object ? 1u : 0u);
  expect_ = Expect::kFirst;
  return object ? Token::kObject : Token::kArray;
}

Token JsonReader::close() {
  const Token token = objects_ & 1 ? Token::kObjectEnd : Token::kArrayEnd;
  ++p_;
  --depth_;
  objects_ >>= 1;
  expect_ = depth_ == 0 ? Expect::kNothing : Expect::kSeparator;
  return token;
}

Token JsonReader::word(std::string_view word, Token token) {
  if (static_cast<std::size_t>(end_ - p_) < word.size() ||
      std::memcmp(p_, word.data(), word.size()) != 0)
    return fail();
  raw_ = {p_, word.size()};
  p_ += word.size();
  return token;
}

Token JsonReader::text_token(Token kind) {
  const char* const begin = ++p_;
  escapes_ = false;
  for (; p_ < end_; ++p_) {
    if (*p_ == '"') {
      raw_ = {begin, static_cast<std::size_t>(p_ - begin)};
      ++p_;
      if (kind == Token::kKey) expect_ = Expect::kColon;
      return kind;
    }
    if (static_cast<unsigned char>(*p_) < 0x20) return fail();
    if (*p_ != '\\') continue;
    escapes_ = true;
    if (++p_ == end_) return fail();
    if (*p_ == 'u') {
      for (int i = 0; i < 4; ++i)
        if (++p_ == end_ || !std::strchr("0123456789abcdefABCDEF", *p_) || *p_ == '\0')
          return fail();
    } else if (*p_ == '\0' || !std::strchr("\"\\/bfnrt", *p_)) {
      return fail();
    }
  }
  return fail();
}

Token JsonReader::number_token() {
  const char* const begin = p_;
  const auto digits = [this] {
    const char* const first = p_;
    while (p_ < end_ && *p_ >= '0' && *p_ <= '9') ++p_;
    return p_ - first;
  };
  if (*p_ == '-') ++p_;
  const char* const whole = p_;
  const auto whole_digits = digits();
  if (whole_digits == 0 || (whole_digits > 1 && *whole == '0')) return fail();
  if (p_ < end_ && *p_ == '.') {
    ++p_;
    if (digits() == 0) return fail();
  }
  if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
    ++p_;
    if (p_ < end_ && (*p_ == '+' || *p_ == '-')) ++p_;
    if (digits() == 0) return fail();
  }
  raw_ = {begin, static_cast<std::size_t>(p_ - begin)};
  return Token::kNumber;
}

bool JsonReader::skip(Token first) {
  int depth = 0;
  for (Token token = first;; token = next()) {
    if (token == Token::kError || token == Token::kEnd) return false;
    if (token == Token::kObject || token == Token::kArray) ++depth;
    if (token == Token::kObjectEnd || token == Token::kArrayEnd) --depth;
    if (depth == 0 && token != Token::kKey) return true;
  }
}

namespace {

std::uint32_t hex4(const char* p) {
  std::uint32_t v = 0;
  std::from_chars(p, p + 4, v, 16);
  return v;
}

char* put_code_point(char* p, std::uint32_t c) {
  if (c < 0x80) return *p = static_cast<char>(c), p + 1;
  if (c < 0x800) {
    *p++ = static_cast<char>(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      *p++ = static_cast<char>(0xe0 | c >> 12);
    } else {
      *p++ = static_cast<char>(0xf0 | c >> 18);
      *p++ = static_cast<char>(0x80 | (c >> 12 & 0x3f));
    }
    *p++ = static_cast<char>(0x80 | (c >> 6 & 0x3f));
  }
  *p++ = static_cast<char>(0x80 | (c & 0x3f));
  return p;
}

}  // namespace

std::string_view JsonReader::text(Arena& arena) const {
  if (!escapes_) return raw_;
  // Unescaping never grows: the shortest escape of a 4-byte code point is 12 bytes, of U+FFFD 6.
  char* const begin = arena.allocate(raw_.size());
  char* out = begin;
  const char* const end = raw_.data() + raw_.size();
  for (const char* p = raw_.data(); p < end;) {
    if (*p != '\\') {
      *out++ = *p++;
      continue;
    }
    const char escape = p[1];
    p += 2;
    switch (escape) {
      case 'b':
        *out++ = '\b';
        break;
      case 'f':
        *out++ = '\f';
        break;
      case 'n':
        *out++ = '\n';
        break;
      case 'r':
        *out++ = '\r';
        break;
      case 't':
        *out++ = '\t';
        break;
      case 'u': {
        std::uint32_t c = hex4(p);
        p += 4;
        if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
          const std::uint32_t low = hex4(p + 2);
          if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
            p += 6;
          }
        }
        out = c >= 0xd800 && c < 0xe000 ? put(out, kReplacement) : put_code_point(out, c);
        break;
      }
      default:
        *out++ = escape;
    }
  }
  return {begin, static_cast<std::size_t>(out - begin)};
}

Value number_value(std::string_view raw) {
  const char* const end = raw.data() + raw.size();
  std::int64_t integer;
  if (auto [p, ec] = std::from_chars(raw.data(), end, integer); ec == std::errc() && p == end)
    return Value::of(integer);
  std::uint64_t large;
  if (auto [p, ec] = std::from_chars(raw.data(), end, large); ec == std::errc() && p == end)
    return Value::of(large);
  double real = 0;
  std::from_chars(raw.data(), end, real);
  return Value::of(real);
}

}  // namespace autospan::wire
