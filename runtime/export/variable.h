// A variable's value, blanks around it of no account.
#pragma once

#include <string_view>

#include "export/pipeline.h"
#include "model/trimmed.h"

namespace autospan {

// Empty = unset, or nothing but blanks.
inline std::string_view variable(const Environment& env, const char* name) {
  const char* const value = env(name);
  return value == nullptr ? std::string_view() : model::trimmed(value);
}

}  // namespace autospan
