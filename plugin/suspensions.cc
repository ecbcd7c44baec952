// See suspensions.h. `co_await e` is, in the AST, what e's awaiter says to await_ready, await_suspend and
// await_resume. The span is suspended where await_ready has said no: from await_suspend on another thread
// may run the coroutine already, and clang makes that call in a function of its own, where this one's
// variables are out of reach. It is resumed before await_resume, in which the body's own code may run, and
// in every handler: await_suspend may have thrown.
#include "suspensions.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>

#include <vector>

namespace autospan::plugin {
namespace {

// The order of CoroutineSuspendExpr's children.
constexpr int kReady = 2, kResume = 4;

struct Places {
  std::vector<clang::CoroutineSuspendExpr*> points;
  std::vector<clang::CXXCatchStmt*> handlers;
  llvm::SmallPtrSet<clang::Stmt*, 32> seen;  // what an awaiter is made of stands in the tree more than once
};

void find(clang::Stmt* statement, Places* places) {
  if (statement == nullptr || !places->seen.insert(statement).second) return;
  if (auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
    for (clang::Expr* capture : lambda->capture_inits()) find(capture, places);
    return;
  }
  if (auto* point = llvm::dyn_cast<clang::CoroutineSuspendExpr>(statement))
    places->points.push_back(point);
  if (auto* handler = llvm::dyn_cast<clang::CXXCatchStmt>(statement)) places->handlers.push_back(handler);
  for (clang::Stmt* child : statement->children()) find(child, places);
}

clang::Expr* child_of(clang::CoroutineSuspendExpr* point, int which) {
  return llvm::cast_or_null<clang::Expr>(*std::next(point->child_begin(), which));
}

clang::Expr* comma(const Build& build, clang::Expr* first, clang::Expr* second) {
  if (first == nullptr || second == nullptr) return nullptr;
  return clang::BinaryOperator::Create(build.context(), first, second, clang::BO_Comma, second->getType(),
                                       second->getValueKind(), second->getObjectKind(), build.at(), {});
}

}  // namespace

bool tell_suspensions(const Build& build, const Vocabulary& words, llvm::ArrayRef<clang::Stmt*> statements,
                      clang::VarDecl* coroutine) {
  Places places;
  for (clang::Stmt* statement : statements) find(statement, &places);
  const auto back = [&] { return build.call(words.coroutine_back, {build.address(coroutine)}); };
  struct Told {
    clang::Stmt** where;
    clang::Stmt* what;
  };
  std::vector<Told> told;
  for (clang::CoroutineSuspendExpr* point : places.points) {
    told.push_back({&*std::next(point->child_begin(), kReady),
                    build.call(words.coroutine_ready, {build.address(coroutine), child_of(point, kReady)})});
    told.push_back({&*std::next(point->child_begin(), kResume), comma(build, back(), child_of(point, kResume))});
  }
  for (clang::CXXCatchStmt* handler : places.handlers) {
    clang::Stmt* block = handler->getHandlerBlock();
    clang::Stmt* first = build.statement(back());
    if (first == nullptr) return false;
    told.push_back({&*handler->child_begin(),
                    clang::CompoundStmt::Create(build.context(), {first, block}, {}, block->getBeginLoc(),
                                                block->getEndLoc())});
  }
  for (const Told& one : told)
    if (one.what == nullptr) return false;
  for (const Told& one : told) *one.where = one.what;
  return true;
}

}  // namespace autospan::plugin
