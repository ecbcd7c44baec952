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

bool needs_cleanup(const clang::DeclStmt* statement) {
  for (const clang::Decl* declared : statement->decls()) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared);
    if (variable == nullptr) continue;
    if (variable->hasAttr<clang::CleanupAttr>() || variable->getType()->isVariablyModifiedType())
      return true;
  }
  return destroys(statement);
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

// What a debugger passes over.
bool makes_no_code(const clang::Stmt* statement) {
  if (llvm::isa<clang::NullStmt>(statement)) return true;
  const auto* declares = llvm::dyn_cast<clang::DeclStmt>(statement);
  if (declares == nullptr) return false;
  for (const clang::Decl* declared : declares->decls()) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared);
    if (variable == nullptr) continue;
    if (variable->getType()->isVariablyModifiedType()) return false;
    if (variable->isStaticLocal()) {
      if (!variable->hasConstantInitialization()) return false;
      continue;
    }
    const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(variable->getInit());
    if (made != nullptr && made->getConstructor()->isDefaultConstructor() &&
        made->getConstructor()->isTrivial())
      continue;
    if (variable->hasInit()) return false;
  }
  return true;
}

// What stands in the place of a statement that makes no code of its own at its beginning.
const clang::Stmt* inside(const clang::Stmt* statement) {
  if (const auto* label = llvm::dyn_cast<clang::LabelStmt>(statement)) return label->getSubStmt();
  if (const auto* marked = llvm::dyn_cast<clang::AttributedStmt>(statement))
    return marked->getSubStmt();
  if (const auto* loop = llvm::dyn_cast<clang::DoStmt>(statement)) return loop->getBody();
  if (const auto* guarded = llvm::dyn_cast<clang::CXXTryStmt>(statement))
    return guarded->getTryBlock();
  return nullptr;
}

struct WaysOut {
  const clang::ReturnStmt* last = nullptr;
  unsigned count = 0;
  bool destroying = false;
};

// `destroying`: something that stands before in a scope around it is destroyed on leaving.
void find_ways_out(const clang::Stmt* statement, bool destroying, WaysOut* ways) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr, clang::BlockExpr>(statement)) return;
  if (const auto* found = llvm::dyn_cast<clang::ReturnStmt>(statement)) {
    ways->last = found;
    ++ways->count;
    ways->destroying = ways->destroying || destroying;
  }
  for (const clang::Stmt* child : statement->children()) {
    find_ways_out(child, destroying, ways);
    const auto* declares = llvm::dyn_cast_or_null<clang::DeclStmt>(child);
    if (declares != nullptr && needs_cleanup(declares)) destroying = true;
  }
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

clang::SourceLocation first_place(const clang::Stmt* body) {
  if (const clang::Stmt* deeper = inside(body)) return first_place(deeper);
  const auto* block = llvm::dyn_cast<clang::CompoundStmt>(body);
  if (block == nullptr) return body->getBeginLoc();
  for (const clang::Stmt* statement : block->body())
    if (!makes_no_code(statement)) return first_place(statement);
  return block->getRBracLoc();
}

const clang::ReturnStmt* only_return(const clang::Stmt* body) {
  WaysOut ways;
  find_ways_out(body, /*destroying=*/false, &ways);
  return ways.count == 1 && !ways.destroying ? ways.last : nullptr;
}

}  // namespace autospan::plugin
