// See return_plan.h.
#include "return_plan.h"

#include <autospan/abi.h>

#include "fields.h"

namespace autospan::plugin {
namespace {

// Without a rule only what the standard library calls an error is one.
ErrorWhen error_when(const ReturnFacts& returned, const Deeds& deeds) {
  if (deeds.error) return *deeds.error;
  ErrorWhen when;
  if (returned.value.kind == ValueKind::kErrorCode) when.what = ErrorWhen::kCode;
  if (returned.value.kind == ValueKind::kExpected) when.what = ErrorWhen::kUnexpected;
  if (returned.status && deeds.returned.value_or(false)) when.what = ErrorWhen::kNotOk;
  return when;
}

bool is_number(ValueKind kind) {
  return kind == ValueKind::kSigned || kind == ValueKind::kUnsigned || kind == ValueKind::kEnum ||
         kind == ValueKind::kBool || kind == ValueKind::kChar;
}

// What a rule asks of a type that cannot say so is not asked.
bool can_say(const ReturnFacts& returned, const ErrorWhen& when) {
  const ValueKind kind = returned.value.kind;
  switch (when.what) {
    case ErrorWhen::kNever: return false;
    case ErrorWhen::kCode: return kind == ValueKind::kErrorCode;
    case ErrorWhen::kUnexpected: return kind == ValueKind::kExpected;
    case ErrorWhen::kNotOk: return returned.status;
    case ErrorWhen::kNegative: return is_number(kind);
    case ErrorWhen::kZero:
    case ErrorWhen::kNotZero:
      return is_number(kind) || kind == ValueKind::kPointer || kind == ValueKind::kCString;
    case ErrorWhen::kOneOf: return is_number(kind);
  }
  return false;
}

// Enumerators by name, numbers as they are; what the type does not have is left out.
std::vector<std::int64_t> numbers_of(const ErrorWhen& when, const ValueFacts& value) {
  std::vector<std::int64_t> numbers = when.numbers;
  for (const std::string& name : when.names)
    for (const Enumerator& one : value.enumerators)
      if (one.name == name) numbers.push_back(one.value);
  return numbers;
}

}  // namespace

ReturnPlan make_return_plan(const FunctionFacts& function, const Deeds& deeds, const SecretNames& secrets) {
  ReturnPlan plan;
  const ReturnFacts& returned = function.returned;
  if (!returned.present) return plan;
  const ErrorWhen when = error_when(returned, deeds);
  if (can_say(returned, when)) {
    plan.error = when.what;
    plan.numbers = numbers_of(when, returned.value);
    plan.message = returned.message;
    if (plan.error == ErrorWhen::kOneOf && plan.numbers.empty()) plan.error = ErrorWhen::kNever;
  }
  // `GetPassword` returns one: its error's text may be about it, too.
  const bool secret = secrets.take(function.own_name);
  if (secret) plan.message.clear();
  plan.silent = secret;
  if (!deeds.returned.value_or(false)) return plan;
  ParamFacts whole;
  whole.name = "return";
  whole.value = returned.value;
  whole.type_names = returned.type_names;
  whole.redact = secret;
  SpanPlan flat;
  add_fields(whole, "return", deeds.capture.value_or(Wanted()), secrets, &flat);
  for (FieldPlan& field : flat.fields) {
    if (field.type == AUTOSPAN_OPAQUE) continue;  // the signature says as much
    field.later = true;
    plan.fields.push_back(std::move(field));
  }
  return plan;
}

}  // namespace autospan::plugin
