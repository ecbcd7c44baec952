// See plan.h.
#include "plan.h"

#include <autospan/abi.h>

#include <algorithm>

#include "fields.h"
#include "model/reserved_names.h"
#include "return_plan.h"
#include "span_name.h"

namespace autospan::plugin {
namespace {

// Parameters of an expanded pack share one name: `args` of three becomes args_0, args_1, args_2.
void number_repeated_keys(std::vector<std::string>* keys) {
  for (std::size_t first = 0; first < keys->size(); ++first) {
    const std::string key = (*keys)[first];
    if (key.empty() || std::count(keys->begin(), keys->end(), key) < 2) continue;
    unsigned number = 0;
    for (std::size_t i = first; i < keys->size(); ++i) {
      if ((*keys)[i] != key) continue;
      std::string numbered;
      do numbered = key + "_" + std::to_string(number++);
      while (std::count(keys->begin(), keys->end(), numbered) != 0);
      (*keys)[i] = numbered;
    }
  }
}

// By parameter; empty: unnamed in the source, not captured.
std::vector<std::string> keys_of(const std::vector<ParamFacts>& params) {
  std::vector<std::string> keys;
  for (const ParamFacts& param : params)
    keys.push_back(is_reserved_name(param.name) ? "arg." + param.name : param.name);
  number_repeated_keys(&keys);
  return keys;
}

// What stands at the function itself is more particular than a rule.
std::string name_of(const FunctionFacts& function, const Deeds& deeds) {
  if (!function.annotations.span_name.empty()) return function.annotations.span_name;
  return deeds.name ? span_name(*deeds.name, function) : function.qualified_name;
}

Shape choose_shape(const std::vector<FieldPlan>& fields) {
  std::string letters;
  for (const FieldPlan& field : fields) {
    if (!field.has_data()) continue;
    if (field.maybe || field.truncated) return Shape::kN;
    letters += field.type == AUTOSPAN_STR ? 's' : 'w';
  }
  if (letters.empty()) return Shape::k0;
  if (letters == "w") return Shape::kW;
  if (letters == "ww") return Shape::kWW;
  if (letters == "s") return Shape::kS;
  if (letters == "ws") return Shape::kWS;
  return Shape::kN;
}

// True where its arguments cost more than a few instructions: while it is off none is evaluated.
bool is_costly(const SpanPlan& plan) {
  const auto is_searched = [](const FieldPlan& field) {
    return field.value.kind == ValueKind::kCharArray;
  };
  return plan.shape == Shape::kN || std::any_of(plan.fields.begin(), plan.fields.end(), is_searched);
}

}  // namespace

bool FieldPlan::has_data() const { return type != AUTOSPAN_OPAQUE && type != AUTOSPAN_REDACTED; }

SpanPlan make_plan(const FunctionFacts& function, const Deeds& deeds, const std::string& service,
                   const SecretNames& secrets) {
  SpanPlan plan;
  plan.name = name_of(function, deeds);
  plan.function = function.signature;
  plan.file = function.file;
  plan.line = function.line;
  plan.service = service;
  plan.root = deeds.root.value_or(function.annotations.root);
  plan.cpu = deeds.cpu.value_or(false);
  plan.stack = deeds.stack.value_or(false);
  plan.min_duration_us = deeds.min_duration_us.value_or(0);
  const std::vector<std::string> keys = keys_of(function.params);
  const Wanted wanted = deeds.capture.value_or(Wanted());
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!keys[i].empty()) add_fields(function.params[i], keys[i], wanted, secrets, &plan);
  plan.returned = make_return_plan(function, deeds, secrets);
  plan.shape = function.coroutine ? Shape::kN : choose_shape(plan.fields);
  plan.asks = !function.coroutine && is_costly(plan);
  return plan;
}

}  // namespace autospan::plugin
