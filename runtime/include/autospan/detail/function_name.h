// "int ns::Class<int>::run(int) const" → "ns::Class::run": a signature's qualified name, as the plugin
// names spans. Takes what gcc and clang give for __PRETTY_FUNCTION__ (TRACE_FUNCTION, at compile
// time) and what a demangler prints (the hooks, at run time).
//
// Left out: the return type, parameters, template arguments, unnamed namespaces and the parameters of
// an enclosing function. A lambda is `Outer::(lambda)`.
#ifndef AUTOSPAN_DETAIL_FUNCTION_NAME_H
#define AUTOSPAN_DETAIL_FUNCTION_NAME_H

#include "autospan/abi.h"

namespace autospan::detail {

constexpr bool starts_with(const char* text, const char* prefix) {
  for (; *prefix; ++text, ++prefix)
    if (*text != *prefix) return false;
  return true;
}

constexpr bool is_identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Behind the parenthesis that closes the one at text[i].
constexpr autospan_size after_parentheses(const char* text, autospan_size i) {
  int depth = 0;
  for (; text[i]; ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
  }
  return i;
}

// Length of an unnamed namespace or a lambda's class at `text`, 0 = neither.
constexpr autospan_size unnamed_namespace(const char* text) {
  constexpr const char* kForms[] = {"(anonymous namespace)::", "{anonymous}::"};
  for (const char* form : kForms)
    if (starts_with(text, form)) return __builtin_strlen(form);
  return 0;
}
constexpr bool is_lambda(const char* text) {
  return starts_with(text, "{lambda(") || starts_with(text, "<lambda(") ||
         starts_with(text, "(anonymous class)") || starts_with(text, "(lambda");
}

// The end of "operator…", where its parameters begin: operator(), operator<, operator std::string.
constexpr autospan_size operator_end(const char* text, autospan_size i) {
  i += sizeof("operator") - 1;
  if (starts_with(text + i, "()")) return i + 2;
  while (text[i] && text[i] != '(') ++i;
  return i;
}

// Writes at most bytes-1 characters and a terminator; returns how many.
constexpr autospan_size function_name(const char* text, char* out, autospan_size bytes) {
  autospan_size at = 0;
  int angle = 0;
  for (autospan_size i = 0; text[i];) {
    if (const autospan_size skip = unnamed_namespace(text + i)) {
      i += skip;
    } else if (angle == 0 && is_lambda(text + i)) {
      for (const char* c = "(lambda)"; *c && at + 1 < bytes; ++c) out[at++] = *c;
      break;
    } else if (angle == 0 && starts_with(text + i, "operator") &&
               (i == 0 || !is_identifier_char(text[i - 1])) &&
               !is_identifier_char(text[i + sizeof("operator") - 1])) {
      const autospan_size end = operator_end(text, i);
      for (; i < end && at + 1 < bytes; ++i) out[at++] = text[i];
      break;
    } else if (angle == 0 && text[i] == '(') {
      i = after_parentheses(text, i);
      if (starts_with(text + i, " const::")) i += sizeof(" const") - 1;
      if (!starts_with(text + i, "::")) break;
    } else if (angle == 0 && text[i] == ' ') {
      at = 0;  // the return type stood before
      ++i;
    } else {
      if (text[i] == '<') ++angle;
      const bool kept = angle == 0 && (at > 0 || is_identifier_char(text[i]) || text[i] == '~');
      if (kept && at + 1 < bytes) out[at++] = text[i];
      if (text[i] == '>' && angle > 0) --angle;
      ++i;
    }
  }
  if (bytes) out[at] = 0;
  return at;
}

}  // namespace autospan::detail
#endif
