// Names that the compiler knows and C++17 cannot say: of a type, of the function that one stands in.
#pragma once

#include <type_traits>

#include "autospan/abi.h"
#include "autospan/detail/function_name.h"

namespace autospan::detail {

template <autospan_size N>
struct FixedText {
  char text[N + 1] = {};
};

template <autospan_size N>
constexpr FixedText<N> function_name(const char (&pretty)[N]) {
  FixedText<N> out;
  function_name(pretty, out.text, N);
  return out;
}

// The text between the marks that gcc and clang put around a template argument.
template <class T>
constexpr auto type_name() {
  constexpr autospan_size kSize = sizeof(__PRETTY_FUNCTION__);
  FixedText<kSize> out;
  const char* pretty = __PRETTY_FUNCTION__;
  autospan_size i = 0;
  while (pretty[i] && !starts_with(pretty + i, "T = ")) ++i;
  if (pretty[i]) i += 4;
  autospan_size at = 0;
  int depth = 0;
  for (; pretty[i] && !(depth == 0 && (pretty[i] == ']' || pretty[i] == ';')); ++i) {
    if (pretty[i] == '[') ++depth;
    if (pretty[i] == ']') --depth;
    out.text[at++] = pretty[i];
  }
  return out;
}
template <class T>
inline constexpr auto kTypeName = type_name<T>();

}  // namespace autospan::detail
