// What of an endpoint's words may be shown: no key, no control characters, not for pages.
#pragma once

#include <string>
#include <string_view>

namespace autospan::delivery {

// `text` with every occurrence of `secret` replaced by "[key]", on one printable line of at most
// 200 bytes.
std::string presentable(std::string_view text, std::string_view secret);

// An address without the user and password it may hold.
std::string without_credentials(std::string_view url);

}  // namespace autospan::delivery
