// The hash of a rules file that stands in the command line, so that a compiler cache sees a new
// command when the rules change.
#pragma once

#include <string>

namespace autospan::plugin {

// 16 hex digits: `autospan flags` writes FNV-1a, CMake, which has none, the first of SHA-256. A
// file that cannot be read has any: reading it says why.
bool is_hash_of(const std::string& hash, const std::string& path);

}  // namespace autospan::plugin
