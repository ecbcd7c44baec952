// See inject_ast.h. A body `{…}` becomes
//
//   {
//     static autospan_v1_site site = {…};
//     autospan_v1_guard guard __attribute__((cleanup(leave))) = 0;
//     guard = enter_ws(&site, (u64)id, user.data(), user.size());
//     or, where the arguments cost something, if (armed(&site)) guard = enter_n(&site, slots, 3);
//     if (guard) {late fields}
//     {…}
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
#include "opening.h"
#include "quiet_diagnostics.h"

namespace autospan::plugin {
namespace {


// Where a debugger shows injected code: on the first statement, so that a breakpoint on the
// function still lands there.
clang::SourceLocation place_of(const clang::Stmt* body) {
  const auto* block = llvm::dyn_cast<clang::CompoundStmt>(body);
  if (block == nullptr || block->body_empty()) return body->getBeginLoc();
  const clang::SourceLocation first = (*block->body_begin())->getBeginLoc();
  return first.isValid() ? first : body->getBeginLoc();
}

// `ahead` and then the body. A constructor's or destructor's function-try-block must stay on top:
// there the span covers the block without its handlers.
clang::Stmt* wrap(clang::ASTContext& context, const clang::FunctionDecl* function,
                  clang::Stmt* body, llvm::ArrayRef<clang::Stmt*> ahead) {
  const auto join = [&](clang::Stmt* inner) {
    llvm::SmallVector<clang::Stmt*, 8> statements(ahead.begin(), ahead.end());
    statements.push_back(inner);
    clang::FPOptionsOverride floating;
    if (const auto* block = llvm::dyn_cast<clang::CompoundStmt>(inner))
      if (block->hasStoredFPFeatures()) floating = block->getStoredFPFeatures();
    return clang::CompoundStmt::Create(context, statements, floating, inner->getBeginLoc(),
                                       inner->getEndLoc());
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
  const SiteDecls decls = make_site(build, words, plan, function, unit);
  if (decls.site == nullptr) return false;
  clang::VarDecl* guard = build.guard(function, kGuardName, words.enter_0->getReturnType(),
                                      build.integer(0, 64), words.leave);
  if (guard == nullptr) return false;
  clang::Stmt* call = open_span(build, words, plan, function, guard, decls.site, unit);
  if (call == nullptr || quiet.saw_error()) return false;

  llvm::SmallVector<clang::Stmt*, 8> ahead;
  for (clang::VarDecl* local : decls.local) {
    function->addHiddenDecl(local);
    ahead.push_back(build.declare(local));
  }
  function->addHiddenDecl(guard);
  ahead.push_back(build.declare(guard));
  ahead.push_back(call);
  function->setBody(wrap(build.context(), function, function->getBody(), ahead));
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
