// SpanKind as OpenTelemetry and Honeycomb write it.
#pragma once

#include <string_view>

#include "autospan/span_data.h"

namespace autospan::model {

constexpr std::string_view kind_name(SpanKind kind) {
  switch (kind) {
    case SpanKind::kServer: return "server";
    case SpanKind::kClient: return "client";
    case SpanKind::kProducer: return "producer";
    case SpanKind::kConsumer: return "consumer";
    case SpanKind::kInternal: break;
  }
  return "internal";
}

}  // namespace autospan::model
