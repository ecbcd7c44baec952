// Globs over span names: `*` stops at `::`, `**` does not, `?` is one character. A pattern without
// `::` is matched against the last component. Used by switches and hooks, at run time; no allocation.
#pragma once

#include <stddef.h>
#include <string.h>

namespace autospan::ring {

namespace detail {
inline bool glob_here(const char* p, const char* pend, const char* s) {
  while (p < pend) {
    if (*p == '*') {
      const bool deep = p + 1 < pend && p[1] == '*';
      const char* rest = p + (deep ? 2 : 1);
      for (const char* at = s;; ++at) {
        if (glob_here(rest, pend, at)) return true;
        if (!*at || (!deep && at[0] == ':' && at[1] == ':')) return false;
      }
    }
    if (!*s || (*p != '?' && *p != *s)) return false;
    ++p;
    ++s;
  }
  return !*s;
}
}  // namespace detail

inline bool glob_matches(const char* pattern, size_t length, const char* name) {
  const char* end = pattern + length;
  bool qualified = false;
  for (const char* c = pattern; c + 1 < end; ++c) qualified |= c[0] == ':' && c[1] == ':';
  if (!qualified)
    for (const char* at = strstr(name, "::"); at; at = strstr(name, "::")) name = at + 2;
  return detail::glob_here(pattern, end, name);
}

}  // namespace autospan::ring
