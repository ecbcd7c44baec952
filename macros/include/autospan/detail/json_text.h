// A short JSON text in a fixed buffer: the first elements of a container. No allocation; what does
// not fit makes the text incomplete, and then it is not used.
#pragma once

#include "autospan/detail/value.h"

namespace autospan::detail {

class JsonText {
 public:
  void open(char bracket) {
    put(bracket);
    first_ = true;
  }
  void close(char bracket) { put(bracket); }

  template <class T>
  void element(const T& value) {
    if (!first_) put(',');
    first_ = false;
    write(slot_of(value));
  }

  bool complete() const { return size_ <= kBytes; }
  const char* text() const { return text_; }
  autospan_size size() const { return size_; }

 private:
  static constexpr autospan_size kBytes = 1000;

  void put(char c) {
    if (size_ < kBytes) text_[size_] = c;
    ++size_;
  }
  void literal(const char* s) {
    while (*s) put(*s++);
  }
  void string(const char* s, autospan_size n) {
    constexpr char kHex[] = "0123456789abcdef";
    put('"');
    for (autospan_size i = 0; i < n; ++i) {
      const unsigned char c = static_cast<unsigned char>(s[i]);
      if (c == '"' || c == '\\') put('\\');
      if (c < 0x20) {
        literal("\\u00");
        put(kHex[c >> 4]);
        put(kHex[c & 15]);
      } else {
        put(s[i]);
      }
    }
    put('"');
  }
  void number(autospan_u64 value) {
    char digits[20];
    unsigned n = 0;
    do digits[n++] = static_cast<char>('0' + value % 10);
    while (value /= 10);
    while (n) put(digits[--n]);
  }
  void signed_number(autospan_i64 value) {
    if (value < 0) put('-');
    number(value < 0 ? 0 - static_cast<autospan_u64>(value) : static_cast<autospan_u64>(value));
  }
  void real(double value) {
    if (!(value - value == 0)) return literal("null");
    char digits[32];
    const int n = __builtin_snprintf(digits, sizeof digits, "%.17g", value);
    for (int i = 0; i < n; ++i) put(digits[i] == ',' ? '.' : digits[i]);  // a host's locale
  }
  void write(const autospan_v1_slot& v) {
    switch (v.type) {
      case AUTOSPAN_BOOL: return literal(v.word ? "true" : "false");
      case AUTOSPAN_I64:
      case AUTOSPAN_DURATION:
      case AUTOSPAN_TIME: return signed_number(static_cast<autospan_i64>(v.word));
      case AUTOSPAN_U64:
      case AUTOSPAN_PTR:
      case AUTOSPAN_CHAR: return number(v.word);
      case AUTOSPAN_F64: {
        double d;
        __builtin_memcpy(&d, &v.word, sizeof d);
        return real(d);
      }
      case AUTOSPAN_F32: {
        float f;
        const autospan_u32 word = static_cast<autospan_u32>(v.word);
        __builtin_memcpy(&f, &word, sizeof f);
        return real(static_cast<double>(f));
      }
      case AUTOSPAN_STR:
        return string(reinterpret_cast<const char*>(static_cast<__UINTPTR_TYPE__>(v.word)), v.length);
      default: return literal("null");
    }
  }

  char text_[kBytes + 1];
  autospan_size size_ = 0;
  bool first_ = true;
};

}  // namespace autospan::detail
