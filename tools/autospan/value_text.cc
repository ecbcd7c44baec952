#include "value_text.h"

#include <fmt/format.h>

namespace autospan::cli {

std::string value_text(const Value& value) {
  switch (value.type) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBool:
      return value.boolean ? "true" : "false";
    case Value::Type::kInt:
      return fmt::format("{}", value.integer);
    case Value::Type::kUint:
      return fmt::format("{}", value.unsigned_integer);
    case Value::Type::kDouble:
      return fmt::format("{}", value.real);
    case Value::Type::kFloat:
      return fmt::format("{}", value.real32);
    case Value::Type::kText:
    case Value::Type::kJson:
      break;
  }
  return std::string(value.text);
}

std::string_view text_field(const SpanBatch& batch, FieldRange fields, std::string_view key) {
  for (std::uint32_t i = 0; i < fields.count; ++i) {
    const Field& field = batch.fields[fields.begin + i];
    const bool text =
        field.value.type == Value::Type::kText || field.value.type == Value::Type::kJson;
    if (text && field.key == key) return field.value.text;
  }
  return {};
}

}  // namespace autospan::cli
