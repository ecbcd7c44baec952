// The variables of this process, as the functions that read them want to be asked (Environment).
#pragma once

#include <cstdlib>

namespace autospan::cli {

inline const char* environment(const char* name) { return std::getenv(name); }

}  // namespace autospan::cli
