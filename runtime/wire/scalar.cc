#include "wire/scalar.h"

#include <charconv>
#include <cmath>

#include "wire/json_number.h"

namespace autospan::wire {
namespace {

template <typename Real>
char* put_any_real(char* p, Real v) {
  return std::isfinite(v) ? put_real(p, v) : std::to_chars(p, p + kNumberBytes, v).ptr;
}

}  // namespace

char* put_scalar(char* p, const Value& value) {
  switch (value.type) {
    case Value::Type::kNull:
      return put(p, "null");
    case Value::Type::kBool:
      return put(p, value.boolean ? "true" : "false");
    case Value::Type::kInt:
      return put_integer(p, value.integer);
    case Value::Type::kUint:
      return put_unsigned(p, value.unsigned_integer);
    case Value::Type::kDouble:
      return put_any_real(p, value.real);
    case Value::Type::kFloat:
      return put_any_real(p, value.real32);
    case Value::Type::kText:
    case Value::Type::kJson:
      break;
  }
  return p;
}

}  // namespace autospan::wire
