// The wrapper of a call, and the call redirected to it. With inject_ast the only code that changes
// what the user wrote.
//
//   static inline __attribute__((always_inline, nodebug)) R callee(A a, B b) { return callee(a, b);
//   }
//
// It bears the callee's name, so that a diagnostic that comes later names what the user wrote, and
// stands in no scope, so that nobody finds it. inject() then puts a span into it as into any
// function. Inlined and without debug information it is no frame: backtraces and steps in a
// debugger stay as they were.
#pragma once

#include <clang/AST/Expr.h>
#include <clang/Sema/Sema.h>

#include "site_ast.h"

namespace autospan::plugin {

struct Wrapper {
  clang::FunctionDecl* function = nullptr;  // null: clang refused
  clang::Stmt* plain = nullptr;             // its body without a span
};

// For this call: a variadic callee's wrapper takes just the arguments that the call gives, a member
// called by its class's name is called so again.
Wrapper make_wrapper(clang::Sema& sema, const clang::CallExpr* call, clang::FunctionDecl* callee,
                     UnitState* unit);

// What two calls must have in common to share a wrapper, besides the callee.
std::string wrapper_key(const clang::CallExpr* call, const clang::FunctionDecl* callee);

// Changes the one call; its callee is made anew, since a template shares the old one with all its
// instantiations.
void redirect(clang::ASTContext& context, clang::CallExpr* call, clang::FunctionDecl* wrapper);

}  // namespace autospan::plugin
