// Fields that are made only once the span is known to record: they cost calls, or are of a length
// that nobody knows. They land on the innermost open span, which is ours.
#pragma once

#include "build.h"
#include "plan.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

// The statements, to stand behind `if (guard)`. False where Sema refused one.
bool add_late_fields(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                     clang::FunctionDecl* function, UnitState* unit,
                     llvm::SmallVectorImpl<clang::Stmt*>* statements);

}  // namespace autospan::plugin
