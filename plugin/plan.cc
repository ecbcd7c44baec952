// See plan.h.
#include "plan.h"

#include <autospan/abi.h>

#include <algorithm>
#include <cassert>

#include "model/reserved_names.h"
#include "secrets.h"

namespace autospan::plugin {
namespace {

std::uint8_t abi_type(ValueKind kind) {
  switch (kind) {
    case ValueKind::kOpaque:
      return AUTOSPAN_OPAQUE;
    case ValueKind::kBool:
      return AUTOSPAN_BOOL;
    case ValueKind::kSigned:
      return AUTOSPAN_I64;
    case ValueKind::kUnsigned:
      return AUTOSPAN_U64;
    case ValueKind::kFloat:
      return AUTOSPAN_F32;
    case ValueKind::kDouble:
      return AUTOSPAN_F64;
    case ValueKind::kChar:
      return AUTOSPAN_CHAR;
    case ValueKind::kEnum:
      return AUTOSPAN_ENUM;
    case ValueKind::kCString:
    case ValueKind::kCharArray:
    case ValueKind::kString:
    case ValueKind::kPath:
      return AUTOSPAN_STR;
    case ValueKind::kPointer:
      return AUTOSPAN_PTR;
  }
  assert(false && "a kind without a type");
  return AUTOSPAN_OPAQUE;
}

// Parameters of an expanded pack share one name: `args` of three becomes args_0, args_1, args_2.
void number_repeated_keys(std::vector<FieldPlan>* fields) {
  const auto times = [&](const std::string& key) {
    return std::count_if(fields->begin(), fields->end(),
                         [&](const FieldPlan& field) { return field.key == key; });
  };
  for (std::size_t first = 0; first < fields->size(); ++first) {
    const std::string key = (*fields)[first].key;
    if (times(key) < 2) continue;
    unsigned number = 0;
    for (std::size_t i = first; i < fields->size(); ++i) {
      if ((*fields)[i].key != key) continue;
      std::string numbered;
      do numbered = key + "_" + std::to_string(number++);
      while (times(numbered) != 0);
      (*fields)[i].key = numbered;
    }
  }
}

FieldPlan plan_field(const ParamFacts& param) {
  FieldPlan field;
  field.key = is_reserved_name(param.name) ? "arg." + param.name : param.name;
  field.param_index = param.index;
  if (is_secret(param)) {
    field.type = AUTOSPAN_REDACTED;
    return field;
  }
  field.value = param.value;
  field.type = abi_type(param.value.kind);
  field.maybe = param.value.kind != ValueKind::kOpaque &&
                (param.value.optional || param.value.kind == ValueKind::kCString);
  return field;
}

Shape choose_shape(const std::vector<FieldPlan>& fields) {
  std::string letters;
  for (const FieldPlan& field : fields) {
    if (!field.has_data()) continue;
    if (field.maybe) return Shape::kN;
    letters += field.type == AUTOSPAN_STR ? 's' : 'w';
  }
  if (letters.empty()) return Shape::k0;
  if (letters == "w") return Shape::kW;
  if (letters == "ww") return Shape::kWW;
  if (letters == "s") return Shape::kS;
  if (letters == "ws") return Shape::kWS;
  return Shape::kN;
}

}  // namespace

bool FieldPlan::has_data() const { return type != AUTOSPAN_OPAQUE && type != AUTOSPAN_REDACTED; }

SpanPlan make_plan(const FunctionFacts& function, const Deeds& deeds, const std::string& service) {
  SpanPlan plan;
  plan.name = function.annotations.span_name.empty() ? function.qualified_name
                                                     : function.annotations.span_name;
  plan.function = function.signature;
  plan.file = function.file;
  plan.line = function.line;
  plan.service = service;
  plan.root = deeds.root.value_or(function.annotations.root);
  plan.cpu = deeds.cpu.value_or(false);
  plan.min_duration_us = deeds.min_duration_us.value_or(0);
  for (const ParamFacts& param : function.params)
    if (!param.name.empty()) plan.fields.push_back(plan_field(param));
  number_repeated_keys(&plan.fields);
  plan.shape = choose_shape(plan.fields);
  return plan;
}

}  // namespace autospan::plugin
