// A span around a coroutine.
#pragma once

#include <clang/AST/StmtCXX.h>

#include <functional>

#include "build.h"
#include "plan.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

// False, and the coroutine is as it was, where Sema refused or `accepted` says no.
bool inject_into_coroutine(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                           clang::FunctionDecl* function, clang::CoroutineBodyStmt* coroutine,
                           UnitState* unit, const std::function<bool()>& accepted);

}  // namespace autospan::plugin
