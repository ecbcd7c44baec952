// The calls that a piece of code makes when it runs.
#pragma once

#include <clang/AST/Expr.h>
#include <llvm/ADT/STLFunctionalExtras.h>

namespace autospan::plugin {

// Not those of unevaluated operands and constants, of the bodies of lambdas (they are functions of
// their own), nor of musttail returns. Default arguments and members count where they are used.
void find_calls(clang::Stmt* code, llvm::function_ref<void(clang::CallExpr*)> found);

}  // namespace autospan::plugin
