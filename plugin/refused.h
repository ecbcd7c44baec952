// Which values clang does not let us read.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>

#include <vector>

#include "plan.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

// After a refusal: the parameters whose values it was about.
std::vector<unsigned> find_refused(clang::Sema& sema, const Vocabulary& words, const SpanPlan& plan,
                                   clang::FunctionDecl* function, UnitState* unit);

}  // namespace autospan::plugin
