// See measure.h.
#include "measure.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

namespace autospan::plugin {
namespace {

bool is_call(const clang::Stmt* statement) {
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr || callee->getBuiltinID() == 0) return true;
    // std::move and __builtin_expect are no calls; memcpy is one.
    return callee->getASTContext().BuiltinInfo.isLibFunction(callee->getBuiltinID());
  }
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement))
    return !made->getConstructor()->isTrivial();
  return llvm::isa<clang::CXXNewExpr, clang::CXXDeleteExpr, clang::CXXThrowExpr,
                   clang::CXXInheritedCtorInitExpr>(statement);
}

bool is_loop_or_asm(const clang::Stmt* statement) {
  return llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt, clang::CXXForRangeStmt,
                   clang::GCCAsmStmt, clang::MSAsmStmt, clang::IndirectGotoStmt>(statement);
}

bool destroys(const clang::DeclStmt* statement) {
  for (const clang::Decl* declared : statement->decls()) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared);
    if (variable == nullptr || variable->getType()->isReferenceType()) continue;
    if (variable->getType().isDestructedType() != clang::QualType::DK_none) return true;
  }
  return false;
}

// Whether `child` stands where a statement does, not inside an expression.
bool in_statement_position(const clang::Stmt* parent, const clang::Stmt* child) {
  if (!llvm::isa<clang::Expr>(child)) return true;
  if (const auto* branch = llvm::dyn_cast<clang::IfStmt>(parent))
    return child == branch->getThen() || child == branch->getElse();
  if (const auto* label = llvm::dyn_cast<clang::SwitchCase>(parent))
    return child == label->getSubStmt();
  return llvm::isa<clang::CompoundStmt, clang::LabelStmt, clang::AttributedStmt>(parent);
}

// Wrappers count by what they hold.
bool counts(const clang::Stmt* statement) {
  return !llvm::isa<clang::CompoundStmt, clang::NullStmt, clang::LabelStmt, clang::SwitchCase,
                    clang::AttributedStmt, clang::CXXCatchStmt>(statement);
}

void measure_into(const clang::Stmt* statement, BodySize* size) {
  if (is_call(statement) || is_loop_or_asm(statement)) size->works = true;
  if (const auto* declares = llvm::dyn_cast<clang::DeclStmt>(statement))
    size->works = size->works || destroys(declares);
  if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
    for (const clang::Expr* capture : lambda->capture_inits())
      if (capture != nullptr) measure_into(capture, size);
    return;
  }
  for (const clang::Stmt* child : statement->children()) {
    if (child == nullptr) continue;
    if (in_statement_position(statement, child) && counts(child)) ++size->statements;
    measure_into(child, size);
  }
}

}  // namespace

BodySize measure(const clang::FunctionDecl* function) {
  BodySize size;
  if (const clang::Stmt* body = function->getBody()) measure_into(body, &size);
  return size;
}

bool has_musttail(const clang::Stmt* statement) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (const auto* attributed = llvm::dyn_cast<clang::AttributedStmt>(statement))
    if (clang::hasSpecificAttr<clang::MustTailAttr>(attributed->getAttrs())) return true;
  for (const clang::Stmt* child : statement->children())
    if (has_musttail(child)) return true;
  return false;
}

}  // namespace autospan::plugin
