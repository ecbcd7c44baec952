// The field names that Honeycomb, OpenTelemetry and autospan give a meaning of their own. A
// parameter or key with such a name would overwrite it: parameters become `arg.<name>` (in the
// plugin), macro keys `app.<key>` (in the drain). One table, read by all.
#pragma once

#include <string_view>

namespace autospan {

inline constexpr std::string_view kReservedNames[] = {
    "name",        "error",        "time",          "duration_ms",  "samplerate",
    "type",        "status_code",  "status_message", "service_name", "service.name",
};
inline constexpr std::string_view kReservedPrefixes[] = {
    "trace.", "span.", "meta.", "service.", "library.", "code.", "exception.", "rollup.",
};

constexpr bool is_reserved_name(std::string_view key) {
  for (std::string_view name : kReservedNames)
    if (key == name) return true;
  for (std::string_view prefix : kReservedPrefixes)
    if (key.substr(0, prefix.size()) == prefix) return true;
  return false;
}

}  // namespace autospan
