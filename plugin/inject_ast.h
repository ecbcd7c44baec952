// Puts a planned span into a function's body. With build, capture and site_ast the only code that
// changes an AST.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>

#include <vector>

#include "plan.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

// The variable that ends the span.
inline constexpr const char kGuardName[] = "__autospan_guard";

// True where the body holds a guard already: instantiations and bodies out of a precompiled header
// are seen more than once.
bool is_injected(const clang::FunctionDecl* function);

// False, and the body is as it was, where Sema refused any part of it.
bool inject(clang::Sema& sema, const Vocabulary& words, const SpanPlan& plan,
            clang::FunctionDecl* function, UnitState* unit);

}  // namespace autospan::plugin
