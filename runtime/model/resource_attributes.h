// OTEL_RESOURCE_ATTRIBUTES: key=value,key=value with percent-encoded values, as W3C baggage
// (OpenTelemetry specification, resource/sdk.md). Read of a ring by the drain, and of the environment
// by `autospan run` for the job's own span.
#pragma once

#include <string>
#include <string_view>

#include "autospan/span_data.h"
#include "model/percent.h"
#include "model/trimmed.h"

namespace autospan::model {

// Appends to resource.attributes; service.name fills resource.service_name where that is empty.
// Items without `=` or key are passed over.
inline void read_resource_attributes(std::string_view text, Resource& resource) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string key(trimmed(item.substr(0, equals)));
    const std::string value = percent_decoded(trimmed(item.substr(equals + 1)));
    if (key == "service.name") {
      if (resource.service_name.empty()) resource.service_name = trimmed(value);
    } else if (!key.empty()) {
      resource.attributes.emplace_back(key, value);
    }
  }
}

}  // namespace autospan::model
