// Ids as text.
#pragma once

#include <string>

#include "autospan/span_data.h"
#include "wire/hex.h"

namespace autospan::cli {

// Lower-case hex, 32 or 16 digits.
template <typename Id>
std::string id_text(const Id& id) {
  std::string text(2 * id.bytes.size(), '0');
  wire::put_hex(text.data(), id.bytes);
  return text;
}

}  // namespace autospan::cli
