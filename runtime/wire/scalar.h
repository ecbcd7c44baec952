// A field's value that is no text, written in one way everywhere: on the wire, by the tools, on the
// console.
#pragma once

#include <cmath>
#include <cstddef>

#include "autospan/span_data.h"

namespace autospan::wire {

inline bool is_text(const Value& value) {
  return value.type == Value::Type::kText || value.type == Value::Type::kJson;
}

// False for what JSON has no number for: NaN, infinity; and for null, which no event carries.
inline bool has_json_form(const Value& value) {
  switch (value.type) {
    case Value::Type::kNull:
      return false;
    case Value::Type::kDouble:
      return std::isfinite(value.real);
    case Value::Type::kFloat:
      return std::isfinite(value.real32);
    default:
      return true;
  }
}

// kNumberBytes of room, returns the end. Nothing for a text. Where has_json_form() says no: "null",
// "nan", "inf", "-inf", for eyes only.
char* put_scalar(char* p, const Value& value);

}  // namespace autospan::wire
