// A value of an enum that is none of its enumerators, as the flags that it is made of.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace autospan::drain {

using EnumNames = std::vector<std::pair<std::int64_t, std::string>>;

// `kRead|kRun`. Empty: the enum is no set of flags, or has no name for some bit. A set of flags is an
// enum whose names are single bits and what can be made of them, with numbers missing in between: an
// enum that counts (0, 1, 2, 3, 4) is none, nor is one of two bits alone.
std::string flag_names(const EnumNames& names, std::int64_t value);

}  // namespace autospan::drain
