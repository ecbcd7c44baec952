// The variables that readers of rings look at.
#pragma once

#include <sys/auxv.h>

#include <cstdlib>

namespace autospan::drain {

// Null = unset or empty, or a program that runs with another user's rights.
inline const char* environment(const char* name) {
  const char* const value = getauxval(AT_SECURE) ? nullptr : std::getenv(name);
  return value && *value ? value : nullptr;
}

}  // namespace autospan::drain
