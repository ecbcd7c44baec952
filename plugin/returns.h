// The return statements of a function that tell what it returns.
#pragma once

#include <functional>

#include "build.h"
#include "plan.h"
#include "vocabulary.h"

namespace autospan::plugin {

// Elision is kept: what was built in place is, and copies, moves and objects alive count the same. False,
// and nothing was changed, where Sema refused or `accepted` says no.
bool tell_returns(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                  clang::FunctionDecl* function, clang::VarDecl* guard,
                  const std::function<bool()>& accepted);

}  // namespace autospan::plugin
