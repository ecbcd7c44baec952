// See late.h.
#include "late.h"

#include "elements.h"
#include "hooks.h"
#include "reach.h"

namespace autospan::plugin {
namespace {

clang::Expr* length_of(const Build& build, const std::string& key) {
  return build.integer(key.size(), 64);
}

// category and message.
clang::Expr* error_texts(const Build& build, const FieldPlan& field, const Value& value) {
  const std::string category = field.key + ".category", message = field.key + ".message";
  return build.call_named("__autospan_error_texts",
                          {value(), build.text(category), length_of(build, category),
                           build.text(message), length_of(build, message)});
}

clang::Stmt* late_field(const Ink& ink, const FieldPlan& field, const Value& value) {
  switch (field.value.kind) {
    case ValueKind::kErrorCode:
      return ink.build.statement(error_texts(ink.build, field, value));
    case ValueKind::kHooked:
      return ink.build.statement(ink.build.call_in(macros_namespace(ink.build.context()),
                                                   kHookCaller,
                                                   {ink.build.text(field.key), value()}));
    case ValueKind::kSequence:
      return write_elements(ink, field, value);
    default:
      return nullptr;
  }
}

}  // namespace

bool add_late_fields(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                     clang::FunctionDecl* function, UnitState* unit,
                     llvm::SmallVectorImpl<clang::Stmt*>* statements) {
  const Ink ink{build, words, function, unit};
  for (const FieldPlan& field : plan.late) {
    const Value whole = parameter(build, function->getParamDecl(field.param_index));
    clang::Stmt* made = late_field(ink, field, reach(build, whole, field.path));
    made = only_where_reached(build, whole, field.path, made);
    if (made == nullptr) return false;
    statements->push_back(made);
  }
  return true;
}

}  // namespace autospan::plugin
