// One value of a payload as a field: its key moved aside where it is reserved, its type turned into
// what the wire knows.
#pragma once

#include <cstdint>
#include <string_view>

#include "autospan/abi.h"
#include "autospan/span_data.h"
#include "ring/site_table.h"

namespace autospan::drain {

// A value as it lies in the payload.
struct RawValue {
  std::uint8_t type = 0, flags = 0;
  std::uint64_t word = 0;
  std::string_view bytes;          // STR and JSON
  const ring::Param* param = nullptr;  // names of enumerators, type of an opaque value
};

inline bool is_text(std::uint8_t type) { return type == AUTOSPAN_STR || type == AUTOSPAN_JSON; }
inline bool carries_data(std::uint8_t type) {
  return type != AUTOSPAN_OPAQUE && type != AUTOSPAN_REDACTED;
}

// Appends a field to the batch, keeping its text in the batch's arena. Nothing is appended for an
// absent value or an unknown type.
void append_value(SpanBatch& batch, std::string_view key, const RawValue& value);

// The same under the param's own key, which the site table holds ready and keeps.
void append_param(SpanBatch& batch, const ring::Param& param, const RawValue& value);

// A param's key, of the table's KeyOf: what append_value would make of its name.
std::string key_of_param(const ring::Param& param);

// As it is, or `app.<key>` in the arena.
std::string_view safe_key(SpanBatch& batch, std::string_view key);

// A C++ type's name as people write it; the mangled one where it cannot be told.
std::string_view demangled(SpanBatch& batch, std::string_view mangled);

}  // namespace autospan::drain
