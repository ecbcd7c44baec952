// See inject_coroutine.h. A coroutine becomes
//
//   [where it is called]   static autospan_v1_site site = {…};
//                          autospan_v1_coroutine span __attribute__((cleanup(leave))) = {};
//                          int begun = ({ coroutine_begin(&span, &site, slots, n); initial suspension; 0; });
//   [its body]             { autospan_v1_coroutine* guard __attribute__((cleanup(finish))) = &span;
//                            {…} }
//
// The span begins with the call, so that its parent is the caller whoever runs the body later. It ends
// with the body; `leave` ends that of a frame that was destroyed before its body began. The first part is
// one declaration in the place of the initial suspension: clang emits no other statement of ours in that
// scope, which lasts as long as the coroutine's frame.
#include "inject_coroutine.h"

#include <clang/AST/ASTContext.h>

#include "inject_ast.h"
#include "opening.h"
#include "suspensions.h"

namespace autospan::plugin {
namespace {

// The order of CoroutineBodyStmt's children.
constexpr int kBody = 0, kInitialSuspension = 2;

clang::Stmt*& child_of(clang::CoroutineBodyStmt* coroutine, int which) {
  return *std::next(coroutine->child_begin(), which);
}

}  // namespace

bool inject_into_coroutine(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                           clang::FunctionDecl* function, clang::CoroutineBodyStmt* coroutine,
                           UnitState* unit, const std::function<bool()>& accepted) {
  clang::Stmt*& body = child_of(coroutine, kBody);
  clang::Stmt*& initial = child_of(coroutine, kInitialSuspension);
  if (words.coroutine == nullptr || body != coroutine->getBody() || initial != coroutine->getInitSuspendStmt())
    return false;
  const SiteDecls decls = make_site(build, words, plan, function, unit);
  clang::VarDecl* span = build.guard(function, "__autospan_coroutine", build.type_of(words.coroutine),
                                     build.list({}), words.coroutine_leave);
  if (decls.site == nullptr || span == nullptr) return false;
  clang::Stmt* call = open_span(build, words, plan, function, span, decls.site, unit);
  clang::VarDecl* begun =
      build.variable(function, "__autospan_begun", build.context().IntTy, clang::SC_None,
                     build.evaluate({call, initial, build.integer(0)}));
  const clang::QualType pointer = build.context().getPointerType(span->getType());
  clang::VarDecl* guard =
      build.guard(function, kGuardName, pointer, build.address(span), words.coroutine_finish);
  if (begun == nullptr || guard == nullptr || !accepted()) return false;
  if (!tell_suspensions(build, words, {initial, body}, span)) return false;

  llvm::SmallVector<clang::Decl*, 6> ahead(decls.local.begin(), decls.local.end());
  ahead.append({span, begun});
  for (clang::Decl* declared : ahead) function->addHiddenDecl(declared);
  function->addHiddenDecl(guard);
  initial = build.declare(ahead);
  body = clang::CompoundStmt::Create(build.context(), {build.declare(guard), body}, {}, body->getBeginLoc(),
                                     body->getEndLoc());
  return true;
}

}  // namespace autospan::plugin
