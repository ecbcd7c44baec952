// Ids and kinds as text.
#pragma once

#include <string>
#include <string_view>

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

constexpr std::string_view kind_text(SpanKind kind) {
  switch (kind) {
    case SpanKind::kServer:
      return "server";
    case SpanKind::kClient:
      return "client";
    case SpanKind::kProducer:
      return "producer";
    case SpanKind::kConsumer:
      return "consumer";
    case SpanKind::kInternal:
      break;
  }
  return "internal";
}

}  // namespace autospan::cli
