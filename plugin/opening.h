// The call that opens a span, with the values that go with it.
#pragma once

#include "build.h"
#include "plan.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

// The one call and what follows it, null where Sema refused. In a constexpr function it is not
// evaluated at compile time. `guard` is a number, or a coroutine's record.
clang::Stmt* open_span(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                       clang::FunctionDecl* function, clang::VarDecl* guard, clang::VarDecl* site,
                       UnitState* unit);

}  // namespace autospan::plugin
