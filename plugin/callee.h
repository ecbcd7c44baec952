// The function that a call names: FunctionDecl → FunctionFacts as rules under `calls:` see it.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include "facts.h"

namespace autospan::plugin {

// Null where the call is no direct one: through a pointer, of a builtin, a literal operator.
clang::FunctionDecl* named_callee(const clang::CallExpr* call);

// `obstacle` says why no call of it is wrapped.
FunctionFacts gather_callee(const clang::FunctionDecl* callee);

// Why this one call is not, though others may be; empty: it can.
std::string find_obstacle(const clang::CallExpr* call, const clang::FunctionDecl* callee);

// Its parameters' names, from whichever declaration has them; empty: none has.
std::vector<std::string> parameter_names(const clang::FunctionDecl* callee);

}  // namespace autospan::plugin
