// %XX escapes, both ways.
#pragma once

#include <string>
#include <string_view>

#include "model/hex.h"

namespace autospan::model {

// Every byte but those that `stays` names.
template <typename Stays>
std::string percent_encoded(std::string_view text, Stays stays) {
  std::string out;
  for (char c : text) {
    if (stays(c)) {
      out += c;
      continue;
    }
    char digits[2];
    put_hex_byte(digits, static_cast<unsigned char>(c), kHexUpper);
    out.append({'%', digits[0], digits[1]});
  }
  return out;
}

// What is no escape stands as it is.
inline std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    out += escape ? char(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

}  // namespace autospan::model
