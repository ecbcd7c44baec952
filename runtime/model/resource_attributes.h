// OTEL_RESOURCE_ATTRIBUTES: key=value,key=value with percent-encoded values, as W3C baggage
// (OpenTelemetry specification, resource/sdk.md). Read of a ring by the drain, and of the environment
// by `autospan run` for the job's own span.
#pragma once

#include <string>
#include <string_view>

#include "autospan/span_data.h"

namespace autospan::model {

namespace detail {
inline std::string_view trimmed(std::string_view s) {
  const std::size_t begin = s.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return s.substr(begin, s.find_last_not_of(" \t") - begin + 1);
}

inline int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

inline std::string percent_decoded(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool escape =
        s[i] == '%' && i + 2 < s.size() && hex_value(s[i + 1]) >= 0 && hex_value(s[i + 2]) >= 0;
    out += escape ? char(hex_value(s[i + 1]) * 16 + hex_value(s[i + 2])) : s[i];
    if (escape) i += 2;
  }
  return out;
}
}  // namespace detail

// Appends to resource.attributes; service.name fills resource.service_name where that is empty.
// Items without `=` or key are passed over.
inline void read_resource_attributes(std::string_view text, Resource& resource) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string key(detail::trimmed(item.substr(0, equals)));
    const std::string value = detail::percent_decoded(detail::trimmed(item.substr(equals + 1)));
    if (key == "service.name") {
      if (resource.service_name.empty()) resource.service_name = detail::trimmed(value);
    } else if (!key.empty()) {
      resource.attributes.emplace_back(key, value);
    }
  }
}

}  // namespace autospan::model
