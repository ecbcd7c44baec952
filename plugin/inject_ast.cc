// See inject_ast.h. A body `{…}` becomes
//
//   {
//     static autospan_v1_site site = {…};
//     autospan_v1_guard guard __attribute__((cleanup(leave))) = 0;
//     guard = enter_ws(&site, (u64)id, user.data(), user.size());
//     or, where the arguments cost something, if (armed(&site)) guard = enter_n(&site, slots, 3);
//     if (guard) {late fields}
//     …
//   }
//
// The guard is a number with a cleanup attribute, never a class with a destructor: the
// constant evaluator ignores the attribute, C has it too, and it runs on unwinding.
#include "inject_ast.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>

#include "build.h"
#include "inject_coroutine.h"
#include "measure.h"
#include "opening.h"
#include "quiet_diagnostics.h"
#include "returns.h"

namespace autospan::plugin {
namespace {

// Where a debugger shows injected code: where it would have stopped first without it, so that a
// breakpoint on the function still lands there.
clang::SourceLocation place_of(const clang::Stmt* body) {
  const clang::SourceLocation first = first_place(body);
  return first.isValid() ? first : body->getBeginLoc();
}

// Where it shows the way out: a function that goes from its one return straight to its caller makes
// no stop at the closing brace. Invalid: at the end of the body.
clang::SourceLocation way_out_of(const clang::FunctionDecl* function, const UnitState& unit) {
  if (unit.keeps_ends || function->getReturnType()->isVoidType()) return {};
  const clang::ReturnStmt* only = only_return(function->getBody());
  return only == nullptr ? clang::SourceLocation() : only->getReturnLoc();
}

// `ahead` and then the body: its statements, so that its variables are the function's to a debugger,
// too. A constructor's or destructor's function-try-block must stay on top: there the span covers the
// block without its handlers.
clang::Stmt* wrap(clang::ASTContext& context, const clang::FunctionDecl* function,
                  clang::Stmt* body, llvm::ArrayRef<clang::Stmt*> ahead, clang::SourceLocation end) {
  const auto join = [&](clang::Stmt* inner) {
    llvm::SmallVector<clang::Stmt*, 8> statements(ahead.begin(), ahead.end());
    clang::FPOptionsOverride floating;
    if (const auto* block = llvm::dyn_cast<clang::CompoundStmt>(inner)) {
      statements.append(block->body_begin(), block->body_end());
      if (block->hasStoredFPFeatures()) floating = block->getStoredFPFeatures();
    } else {
      statements.push_back(inner);
    }
    return clang::CompoundStmt::Create(context, statements, floating, inner->getBeginLoc(),
                                       end.isValid() ? end : inner->getEndLoc());
  };
  auto* guarded = llvm::dyn_cast<clang::CXXTryStmt>(body);
  if (guarded == nullptr ||
      !llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function))
    return join(body);
  llvm::SmallVector<clang::Stmt*, 4> handlers;
  for (unsigned i = 0; i < guarded->getNumHandlers(); ++i)
    handlers.push_back(guarded->getHandler(i));
  return clang::CXXTryStmt::Create(context, guarded->getTryLoc(), join(guarded->getTryBlock()),
                                   handlers);
}

// What the span goes around: a coroutine's own body, not what the compiler makes around it.
const clang::Stmt* body_of(const clang::FunctionDecl* function) {
  const clang::Stmt* body = function->getBody();
  const auto* coroutine = llvm::dyn_cast_or_null<clang::CoroutineBodyStmt>(body);
  return coroutine == nullptr ? body : coroutine->getBody();
}

bool inject_into_function(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                          clang::FunctionDecl* function, UnitState* unit,
                          const QuietDiagnostics& quiet) {
  const clang::SourceLocation way_out = way_out_of(function, *unit);
  const SiteDecls decls = make_site(build, words, plan, function, unit);
  if (decls.site == nullptr) return false;
  clang::VarDecl* guard = build.guard(function, kGuardName, words.enter_0->getReturnType(),
                                      build.integer(0, 64), words.leave);
  if (guard == nullptr) return false;
  clang::Stmt* call = open_span(build, words, plan, function, guard, decls.site, unit);
  if (call == nullptr || quiet.saw_error()) return false;
  if (!tell_returns(build, words, plan, function, guard, [&] { return !quiet.saw_error(); })) return false;

  llvm::SmallVector<clang::Stmt*, 8> ahead;
  for (clang::VarDecl* local : decls.local) {
    function->addHiddenDecl(local);
    ahead.push_back(build.declare(local));
  }
  function->addHiddenDecl(guard);
  ahead.push_back(build.declare(guard));
  ahead.push_back(call);
  function->setBody(wrap(build.context(), function, function->getBody(), ahead, way_out));
  return true;
}

}  // namespace

bool is_injected(const clang::FunctionDecl* function) {
  const clang::Stmt* body = body_of(function);
  if (const auto* guarded = llvm::dyn_cast_or_null<clang::CXXTryStmt>(body))
    body = guarded->getTryBlock();
  const auto* block = llvm::dyn_cast_or_null<clang::CompoundStmt>(body);
  if (block == nullptr) return false;
  for (const clang::Stmt* statement : block->body()) {
    const auto* declares = llvm::dyn_cast<clang::DeclStmt>(statement);
    if (declares == nullptr || !declares->isSingleDecl()) return false;
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(declares->getSingleDecl());
    if (variable == nullptr || !variable->isImplicit()) return false;
    if (variable->getName() == kGuardName) return true;
  }
  return false;
}

bool inject(clang::Sema& sema, const Vocabulary& words, const SpanPlan& plan,
            clang::FunctionDecl* function, UnitState* unit) {
  clang::Sema::SynthesizedFunctionScope scope(sema, function);
  const QuietDiagnostics quiet(sema.Diags);
  const Build build(sema, place_of(body_of(function)));
  auto* coroutine = llvm::dyn_cast<clang::CoroutineBodyStmt>(function->getBody());
  if (coroutine == nullptr) return inject_into_function(build, words, plan, function, unit, quiet);
  const auto accepted = [&] { return !quiet.saw_error(); };
  return inject_into_coroutine(build, words, plan, function, coroutine, unit, accepted);
}

}  // namespace autospan::plugin
