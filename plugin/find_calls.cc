// See find_calls.h.
#include "find_calls.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/ExprConcepts.h>
#include <clang/AST/StmtCXX.h>

namespace autospan::plugin {
namespace {

using Found = llvm::function_ref<void(clang::CallExpr*)>;

bool is_unevaluated(const clang::Stmt* code) {
  return llvm::isa<clang::UnaryExprOrTypeTraitExpr, clang::CXXNoexceptExpr, clang::CXXTypeidExpr,
                   clang::RequiresExpr, clang::ConceptSpecializationExpr, clang::ConstantExpr,
                   clang::SubstNonTypeTemplateParmExpr, clang::PseudoObjectExpr, clang::BlockExpr>(
      code);
}

bool is_musttail(const clang::Stmt* code) {
  const auto* attributed = llvm::dyn_cast<clang::AttributedStmt>(code);
  return attributed != nullptr &&
         clang::hasSpecificAttr<clang::MustTailAttr>(attributed->getAttrs());
}

void walk_branch(clang::IfStmt* branch, Found found) {
  find_calls(branch->getInit(), found);
  find_calls(branch->getThen(), found);
  find_calls(branch->getElse(), found);
}

// What of a node runs, where that is not all its children.
bool walk_special(clang::Stmt* code, Found found) {
  if (auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(code)) {
    for (clang::Expr* capture : lambda->capture_inits()) find_calls(capture, found);
    return true;
  }
  if (auto* argument = llvm::dyn_cast<clang::CXXDefaultArgExpr>(code)) {
    find_calls(argument->getExpr(), found);
    return true;
  }
  if (auto* member = llvm::dyn_cast<clang::CXXDefaultInitExpr>(code)) {
    find_calls(member->getExpr(), found);
    return true;
  }
  if (auto* generic = llvm::dyn_cast<clang::GenericSelectionExpr>(code)) {
    find_calls(generic->getResultExpr(), found);
    return true;
  }
  if (auto* coroutine = llvm::dyn_cast<clang::CoroutineBodyStmt>(code)) {
    find_calls(coroutine->getBody(), found);
    return true;
  }
  // The calls that the compiler makes of the awaiter and of the promise are no calls of the user's.
  if (auto* suspend = llvm::dyn_cast<clang::CoroutineSuspendExpr>(code)) {
    find_calls(suspend->getOperand(), found);
    return true;
  }
  if (auto* end = llvm::dyn_cast<clang::CoreturnStmt>(code)) {
    find_calls(end->getOperand(), found);
    return true;
  }
  auto* branch = llvm::dyn_cast<clang::IfStmt>(code);
  if (branch == nullptr || !branch->isConstexpr()) return false;
  walk_branch(branch, found);
  return true;
}

}  // namespace

void find_calls(clang::Stmt* code, Found found) {
  if (code == nullptr || is_unevaluated(code) || is_musttail(code)) return;
  if (walk_special(code, found)) return;
  if (auto* call = llvm::dyn_cast<clang::CallExpr>(code))
    if (!call->isTypeDependent() && !call->isValueDependent()) found(call);
  for (clang::Stmt* child : code->children()) find_calls(child, found);
}

}  // namespace autospan::plugin
