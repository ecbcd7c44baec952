// 1024 functions that take an int, and 1024 that take an int and a text; built bare, by the plugin
// and with XRay's sleds, each in a namespace of its own (MANY). Not in autospan's: the plugin makes
// no spans there.
#include "many_bodies.h"

#include <utility>

#if defined(MANY_XRAY)
#define MANY_ATTRIBUTE [[clang::xray_always_instrument]]
#else
#define MANY_ATTRIBUTE
#endif

namespace MANY {
namespace {

template <int I>
MANY_ATTRIBUTE [[gnu::noinline]] long body(long n) {
  long x = n * (2 * I + 3);
  x ^= x >> (1 + I % 23);
  if (x & 1 << I % 13) x += I;
  return x * (2 * I + 1);
}
template <int I>
MANY_ATTRIBUTE [[gnu::noinline]] long body_text(long n, std::string_view text) {
  long x = n * (2 * I + 3) + long(text.size());
  x ^= x >> (1 + I % 23);
  if (x & 1 << I % 13) x += text[0];
  return x * (2 * I + 1);
}

template <int... I>
long each(std::integer_sequence<int, I...>, long n) {
  const long steps[] = {(n = body<I>(n))...};  // in order, and no nesting for a compiler to limit
  return steps[sizeof...(I) - 1];
}
template <int... I>
long each(std::integer_sequence<int, I...>, long n, std::string_view text) {
  const long steps[] = {(n = body_text<I>(n, text))...};
  return steps[sizeof...(I) - 1];
}

}  // namespace

long call_64(long n) { return each(std::make_integer_sequence<int, 64>(), n); }
long call_1024(long n) { return each(std::make_integer_sequence<int, 1024>(), n); }
long call_text_1024(long n, std::string_view text) {
  return each(std::make_integer_sequence<int, 1024>(), n, text);
}

}  // namespace MANY
