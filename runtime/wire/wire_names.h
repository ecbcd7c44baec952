// The field names that the encoders write themselves and the decoder takes back. A user's field of
// such a name would overwrite what we say about the span, so it goes out as `app.<name>`. The drain
// has moved aside the wider table of model/reserved_names.h already (it may itself set others of
// it, such as exception.type); this is the encoder's own guard.
#pragma once

#include <string_view>

namespace autospan::wire {

inline constexpr std::string_view kWireNames[] = {
    "name",
    "error",
    "time",
    "duration_ms",
    "samplerate",
    "service_name",
    "service.name",
    "parent_name",
    "process.pid",
    "thread.id",
    "span.kind",
    "code.function",
    "code.filepath",
    "code.lineno",
    "meta.span_type",
    "meta.annotation_type",
    "meta.local_hostname",
    "meta.autospan.version",
    "meta.autospan.unfinished",
    "meta.autospan.abandoned",
    "meta.autospan.truncated",
    "meta.autospan.resent",
    "meta.autospan.capped",
};

// Also true for all under `trace.` and for the empty name, which no column can have.
constexpr bool is_wire_name(std::string_view key) {
  if (key.empty()) return true;
  switch (key[0]) {  // most keys leave here
    case 'c':
    case 'd':
    case 'e':
    case 'm':
    case 'n':
    case 'p':
    case 's':
    case 't':
      break;
    default:
      return false;
  }
  if (key.substr(0, 6) == "trace.") return true;
  for (std::string_view name : kWireNames)
    if (key == name) return true;
  return false;
}

}  // namespace autospan::wire
