// A pull reader of strict JSON (RFC 8259) over bytes that nobody vouches for: no allocation, no
// recursion, bounded nesting, one pass. Our own because the drain and the CLI may not map a further
// shared library (Debian's simdjson is one), and because numbers must keep their exact text.
#pragma once

#include <cstdint>
#include <string_view>

#include "autospan/span_data.h"

namespace autospan::wire {

class JsonReader {
 public:
  enum class Token : std::uint8_t {
    kObject,
    kObjectEnd,
    kArray,
    kArrayEnd,
    kKey,
    kText,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kEnd,    // the document is complete and nothing but white space follows
    kError,  // and so is every later token
  };
  static constexpr unsigned kDepthMax = 64;  // bits of objects_

  explicit JsonReader(std::string_view text_untrusted)
      : begin_(text_untrusted.data()), p_(begin_), end_(begin_ + text_untrusted.size()) {}

  Token next();
  // Consumes the rest of the value whose first token was `first`. False on damage.
  bool skip(Token first);

  // Of the last token: where it starts and, for a scalar, its bytes (a text's without quotes and
  // still escaped). Views into the document.
  const char* token_begin() const { return token_begin_; }
  const char* position() const { return p_; }
  std::string_view raw() const { return raw_; }
  // The last key or text, unescaped: into `arena` if it holds escapes, else raw(). A lone surrogate
  // reads as U+FFFD.
  std::string_view text(Arena& arena) const;

 private:
  Token fail();
  Token value();
  Token text_token(Token kind);
  Token number_token();
  Token word(std::string_view word, Token token);
  Token open(bool object);
  Token close();
  void skip_space();

  const char* begin_;
  const char* p_;
  const char* end_;
  const char* token_begin_ = nullptr;
  std::string_view raw_;
  std::uint64_t objects_ = 0;  // a bit an open container, innermost lowest: is it an object
  unsigned depth_ = 0;
  bool escapes_ = false;
  enum class Expect : std::uint8_t {
    kValue,
    kFirst,
    kSeparator,
    kColon,
    kNothing
  } expect_ = Expect::kValue;
  bool failed_ = false;
};

// The number a kNumber token spells: an integer where it is written as one and fits 64 bits.
Value number_value(std::string_view raw);

}  // namespace autospan::wire
