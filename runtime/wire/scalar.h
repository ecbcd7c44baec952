// A field's value that is no text, written in one way everywhere: on the wire, by the tools, on the
// console.
#pragma once

#include <cstddef>

#include "autospan/span_data.h"

namespace autospan::wire {

inline bool is_text(const Value& value) {
  return value.type == Value::Type::kText || value.type == Value::Type::kJson;
}

// False for what JSON has no number for: NaN, infinity; and for null, which no event carries.
bool has_json_form(const Value& value);

// kNumberBytes of room, returns the end. Nothing for a text. Where has_json_form() says no: "null",
// "nan", "inf", "-inf", for eyes only.
char* put_scalar(char* p, const Value& value);

}  // namespace autospan::wire
