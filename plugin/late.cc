// See late.h.
#include "late.h"

#include "reach.h"

namespace autospan::plugin {
namespace {

clang::Expr* length_of(const Build& build, const std::string& key) {
  return build.integer(key.size(), 64);
}

// category and message.
clang::Expr* error_texts(const Build& build, const FieldPlan& field, const Value& value) {
  const std::string category = field.key + ".category", message = field.key + ".message";
  return build.call_template("__autospan_error_texts",
                             {value(), build.text(category), length_of(build, category),
                              build.text(message), length_of(build, message)});
}

clang::Expr* late_field(const Build& build, const FieldPlan& field, const Value& value) {
  switch (field.value.kind) {
    case ValueKind::kErrorCode:
      return error_texts(build, field, value);
    default:
      return nullptr;
  }
}

}  // namespace

bool add_late_fields(const Build& build, const Vocabulary&, const SpanPlan& plan,
                     clang::FunctionDecl* function,
                     llvm::SmallVectorImpl<clang::Stmt*>* statements) {
  for (const FieldPlan& field : plan.late) {
    const Value whole = parameter(build, function->getParamDecl(field.param_index));
    clang::Expr* made = late_field(build, field, reach(build, whole, field.path));
    made = where_reached(build, whole, field.path, made, [&] { return build.nothing(); });
    clang::Stmt* statement = build.statement(made);
    if (statement == nullptr) return false;
    statements->push_back(statement);
  }
  return true;
}

}  // namespace autospan::plugin
