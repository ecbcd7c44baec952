#include "value_text.h"

#include "wire/json_number.h"
#include "wire/scalar.h"

namespace autospan::cli {

std::string value_text(const Value& value) {
  if (wire::is_text(value)) return std::string(value.text);
  char text[wire::kNumberBytes];
  return {text, wire::put_scalar(text, value)};
}

std::string_view text_field(const SpanBatch& batch, FieldRange fields, std::string_view key) {
  for (std::uint32_t i = 0; i < fields.count; ++i) {
    const Field& field = batch.fields[fields.begin + i];
    if (wire::is_text(field.value) && field.key == key) return field.value.text;
  }
  return {};
}

}  // namespace autospan::cli
