// Names that the compiler knows and C++17 cannot say: of a type, of the function that one stands in.
#pragma once

#include <type_traits>

#include "autospan/abi.h"

namespace autospan::detail {

template <autospan_size N>
struct FixedText {
  char text[N + 1] = {};
};

struct TextRange {
  autospan_size begin, end;
};

constexpr bool starts_with(const char* text, const char* prefix) {
  for (; *prefix; ++text, ++prefix)
    if (*text != *prefix) return false;
  return true;
}

// "int ns::Class<T>::run(int) [with T = …]" → the range of "ns::Class<T>::run". Parentheses inside a
// name ("(anonymous namespace)", "operator()", "<lambda(int)>") are not its parameters.
constexpr TextRange function_name_range(const char* pretty) {
  autospan_size end = 0, begin = 0;
  int angle = 0, paren = 0;
  for (autospan_size i = 0; pretty[i]; ++i) {
    if (starts_with(pretty + i, "(anonymous namespace)")) {
      i += sizeof("(anonymous namespace)") - 2;
      continue;
    }
    if (starts_with(pretty + i, "operator") && angle == 0) {
      i += sizeof("operator") - 1;
      if (pretty[i] == '(') i += 2;
      while (pretty[i] && pretty[i] != '(') ++i;
      end = i;
      break;
    }
    const char c = pretty[i];
    if (c == '<') ++angle;
    if (c == '>' && i > 0 && pretty[i - 1] != '-') --angle;
    if (c == ' ' && angle == 0 && paren == 0) begin = i + 1;
    if (c == '(' && angle == 0) {
      end = i;
      break;
    }
    end = i + 1;
  }
  while (pretty[begin] == '*' || pretty[begin] == '&') ++begin;
  return {begin, end};
}

// Without template arguments, as the plugin names spans.
template <autospan_size N>
constexpr FixedText<N> function_name(const char (&pretty)[N]) {
  FixedText<N> out;
  const TextRange range = function_name_range(pretty);
  autospan_size at = 0;
  int angle = 0;
  for (autospan_size i = range.begin; i < range.end; ++i) {
    const bool is_operator = i >= 8 && starts_with(pretty + i - 8, "operator");
    if (pretty[i] == '<' && !is_operator) ++angle;
    if (angle == 0) out.text[at++] = pretty[i];
    if (pretty[i] == '>' && angle > 0) --angle;
  }
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
