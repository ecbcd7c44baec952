// AUTOSPAN_CAPTURE: which values a process records at all, whatever the build captures.
#pragma once

#include "autospan/abi.h"
#include "record/environment.h"
#include "record/writer.h"

namespace autospan::record {

// Known before the first site is; then sites go by the general path.
extern Capture g_capture;

// A value of that type may be recorded. What has no data says no more than the build does.
inline bool is_shown(uint8_t type) {
  if (g_capture == Capture::kAll || type == AUTOSPAN_OPAQUE || type == AUTOSPAN_REDACTED) return true;
  return g_capture == Capture::kNumbers && type != AUTOSPAN_STR && type != AUTOSPAN_JSON && type != AUTOSPAN_CHAR;
}
// Of what the recorder itself says, a type and a stack are no values of the program.
inline bool is_shown(uint32_t key, uint8_t type) {
  return is_shown(type) || key == ring::kKeyExceptionType || key == ring::kKeyStack || key == ring::kKeyCancelled;
}
inline autospan_v1_slot shown(const autospan_v1_slot& value) {
  return is_shown(value.type) ? value : autospan_v1_slot{0, 0, AUTOSPAN_NONE, 0, 0};
}

}  // namespace autospan::record
