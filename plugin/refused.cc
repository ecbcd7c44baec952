// See refused.h.
#include "refused.h"

#include <clang/AST/ASTContext.h>

#include "capture.h"
#include "late.h"
#include "quiet_diagnostics.h"

namespace autospan::plugin {
namespace {

// Whether Sema lets us read the field. `late`: of those that are read once the span records.
bool is_taken(const Build& build, const Vocabulary& words, const FieldPlan& field, bool late,
              clang::FunctionDecl* function, UnitState* unit) {
  const QuietDiagnostics quiet(build.sema().Diags);
  if (!late) {
    clang::ParmVarDecl* param = function->getParamDecl(field.param_index);
    return capture_slot(build, words, field, parameter(build, param)) != nullptr && !quiet.saw_error();
  }
  SpanPlan alone;
  alone.late = {field};
  llvm::SmallVector<clang::Stmt*, 4> statements;
  return add_late_fields(build, words, alone, function, unit, &statements) && !quiet.saw_error();
}

}  // namespace

std::vector<unsigned> find_refused(clang::Sema& sema, const Vocabulary& words, const SpanPlan& plan,
                                   clang::FunctionDecl* function, UnitState* unit) {
  clang::Sema::SynthesizedFunctionScope scope(sema, function);
  const Build build(sema, function->getBody()->getBeginLoc());
  std::vector<unsigned> refused;
  for (const FieldPlan& field : plan.fields)
    if (field.has_data() && !is_taken(build, words, field, /*late=*/false, function, unit))
      refused.push_back(field.param_index);
  for (const FieldPlan& field : plan.late)
    if (!is_taken(build, words, field, /*late=*/true, function, unit))
      refused.push_back(field.param_index);
  return refused;
}

}  // namespace autospan::plugin
