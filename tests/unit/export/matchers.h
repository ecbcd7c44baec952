// Text matchers by either of Catch2's names for them.
#pragma once

#include <string>

#include "catch.hpp"

#if __has_include(<catch2/catch_all.hpp>)
inline auto HasText(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
#else
inline auto HasText(const std::string& part) { return Catch::Matchers::Contains(part); }
#endif
inline auto BeginsWith(const std::string& part) { return Catch::Matchers::StartsWith(part); }
