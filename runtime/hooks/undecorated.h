// "ns::Class<int>::run(int) const" → "ns::Class::run": a demangled signature's name, as the plugin
// and the macros give it.
#pragma once

#include <stddef.h>
#include <string.h>

namespace autospan::hooks {

// Writes at most bytes-1 characters and a terminator.
inline __attribute__((no_instrument_function)) void undecorated(const char* signature, char* out,
                                                                 size_t bytes) {
  static const char kAnonymous[] = "(anonymous namespace)", kOperator[] = "operator";
  size_t at = 0;
  int angle = 0;
  const auto put = [&](char c) __attribute__((no_instrument_function)) {
    if (at + 1 < bytes) out[at++] = c;
  };
  for (const char* c = signature; *c; ++c) {
    if (!strncmp(c, kAnonymous, sizeof kAnonymous - 1)) {
      for (const char* a = kAnonymous; *a; ++a)
        if (angle == 0) put(*a);
      c += sizeof kAnonymous - 2;
    } else if (angle == 0 && !strncmp(c, kOperator, sizeof kOperator - 1)) {
      // operator(), operator<, operator std::string …: up to the parameters.
      const char* end = c + sizeof kOperator - 1;
      if (*end == '(') ++end;
      while (*end && *end != '(') ++end;
      if (c[sizeof kOperator - 1] == '(') end = c + sizeof kOperator + 1;
      for (; c < end; ++c) put(*c);
      break;
    } else if (*c == '(' && angle == 0) {
      break;
    } else if (*c == ' ' && angle == 0) {
      at = 0;  // a template's return type stood before
    } else if (*c == '<') {
      ++angle;
    } else if (*c == '>') {
      --angle;
    } else if (angle == 0) {
      put(*c);
    }
  }
  out[at] = 0;
}

}  // namespace autospan::hooks
