// See inject_ast.h. A body `{…}` becomes
//
//   {
//     static autospan_v1_site site = {…};
//     autospan_v1_guard guard __attribute__((cleanup(leave))) = 0;
//     guard = enter_ws(&site, (u64)id, user.data(), user.size());
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
#include <clang/Basic/Diagnostic.h>

#include "build.h"
#include "capture.h"
#include "late.h"
#include "measure.h"

namespace autospan::plugin {
namespace {

constexpr const char kGuardName[] = "__autospan_guard";

// Diagnostics of injected code are never the user's; whether there were any decides.
class QuietDiagnostics {
 public:
  explicit QuietDiagnostics(clang::DiagnosticsEngine& engine)
      : engine_(engine), trap_(engine), before_(engine.getSuppressAllDiagnostics()) {
    engine_.setSuppressAllDiagnostics(true);
  }
  ~QuietDiagnostics() { engine_.setSuppressAllDiagnostics(before_); }
  // Warnings that -Werror promotes are none.
  bool saw_error() const { return trap_.hasUnrecoverableErrorOccurred(); }

 private:
  clang::DiagnosticsEngine& engine_;
  clang::DiagnosticErrorTrap trap_;
  bool before_;
};

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

clang::VarDecl* make_guard(const Build& build, const Vocabulary& words,
                           clang::FunctionDecl* function) {
  clang::VarDecl* guard =
      build.variable(function, kGuardName, words.enter_0->getReturnType(), clang::SC_None,
                     build.integer(0, 64));
  if (guard == nullptr) return nullptr;
  build.sema().MarkFunctionReferenced(build.at(), words.leave);
  guard->addAttr(clang::CleanupAttr::CreateImplicit(build.context(), words.leave));
  return guard;
}

clang::FunctionDecl* entry_of(const Vocabulary& words, Shape shape) {
  switch (shape) {
    case Shape::k0:
      return words.enter_0;
    case Shape::kW:
      return words.enter_w;
    case Shape::kWW:
      return words.enter_ww;
    case Shape::kS:
      return words.enter_s;
    case Shape::kWS:
      return words.enter_ws;
    case Shape::kN:
      return words.enter_n;
  }
  return nullptr;
}

// The special shapes: each field adds its word, or its bytes and length.
void add_arguments(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                   clang::FunctionDecl* function, llvm::SmallVectorImpl<clang::Expr*>* arguments) {
  for (const FieldPlan& field : plan.fields) {
    if (!field.has_data()) continue;
    clang::ParmVarDecl* param = function->getParamDecl(field.param_index);
    if (plan.shape == Shape::kS || (plan.shape == Shape::kWS && arguments->size() == 2)) {
      const TextExprs text = capture_text(build, words, field, param);
      arguments->append({text.bytes, text.length});
    } else {
      arguments->push_back(capture_word(build, words, field, param));
    }
  }
}

// The general shape: an array of slots, whose declaration goes into *statements.
void add_slots(const Build& build, const Vocabulary& words, const SpanPlan& plan,
               clang::FunctionDecl* function, llvm::SmallVectorImpl<clang::Expr*>* arguments,
               llvm::SmallVectorImpl<clang::Stmt*>* statements) {
  llvm::SmallVector<clang::Expr*, 8> slots;
  for (const FieldPlan& field : plan.fields)
    if (field.has_data())
      slots.push_back(capture_slot(build, words, field, function->getParamDecl(field.param_index)));
  const clang::QualType type = build.array_of(build.type_of(words.slot).withConst(), slots.size());
  clang::VarDecl* array =
      build.variable(function, "__autospan_slots", type, clang::SC_None, build.list(slots));
  if (array == nullptr) {
    arguments->push_back(nullptr);
    return;
  }
  function->addHiddenDecl(array);
  statements->push_back(build.declare(array));
  arguments->append({build.name(array), build.integer(slots.size(), 64)});
}

// The one call and what follows it, null where Sema refused. In a constexpr function it is not
// evaluated at compile time.
clang::Stmt* make_call(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                       clang::FunctionDecl* function, clang::VarDecl* guard, clang::VarDecl* site,
                       UnitState* unit) {
  llvm::SmallVector<clang::Expr*, 8> arguments = {build.address(site)};
  llvm::SmallVector<clang::Stmt*, 2> statements;
  if (plan.shape == Shape::kN)
    add_slots(build, words, plan, function, &arguments, &statements);
  else
    add_arguments(build, words, plan, function, &arguments);
  statements.push_back(build.statement(
      build.assign(guard, build.call(entry_of(words, plan.shape), arguments))));
  if (!plan.late.empty()) {
    llvm::SmallVector<clang::Stmt*, 4> late;
    if (!add_late_fields(build, words, plan, function, unit, &late)) return nullptr;
    statements.push_back(build.when(build.name(guard), build.block(late)));
  }
  if (llvm::is_contained(statements, nullptr)) return nullptr;
  clang::Stmt* block = build.block(statements);
  if (!function->isConstexpr()) return block;
  clang::Expr* constant = words.constant == nullptr ? nullptr : build.call(words.constant, {});
  if (constant == nullptr) return nullptr;
  const clang::ExprResult at_run_time =
      build.sema().CreateBuiltinUnaryOp(build.at(), clang::UO_LNot, constant);
  return at_run_time.isUsable() ? build.when(at_run_time.get(), block) : nullptr;
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

// Whether Sema lets us read the field. `late`: of those that are read once the span records.
bool is_taken(const Build& build, const Vocabulary& words, const FieldPlan& field, bool late,
              clang::FunctionDecl* function, UnitState* unit) {
  const QuietDiagnostics quiet(build.sema().Diags);
  if (!late) {
    clang::ParmVarDecl* param = function->getParamDecl(field.param_index);
    return capture_slot(build, words, field, param) != nullptr && !quiet.saw_error();
  }
  SpanPlan alone;
  alone.late = {field};
  llvm::SmallVector<clang::Stmt*, 4> statements;
  return add_late_fields(build, words, alone, function, unit, &statements) && !quiet.saw_error();
}

}  // namespace

std::vector<unsigned> find_refused(clang::Sema& sema, const Vocabulary& words, const SpanPlan& plan,
                                   clang::FunctionDecl* function, UnitState* unit) {
  clang::Sema::SynthesizedFunctionScope scope(sema, function);
  const Build build(sema, place_of(function->getBody()));
  std::vector<unsigned> refused;
  for (const FieldPlan& field : plan.fields)
    if (field.has_data() && !is_taken(build, words, field, /*late=*/false, function, unit))
      refused.push_back(field.param_index);
  for (const FieldPlan& field : plan.late)
    if (!is_taken(build, words, field, /*late=*/true, function, unit))
      refused.push_back(field.param_index);
  return refused;
}

bool is_injected(const clang::FunctionDecl* function) {
  const clang::Stmt* body = function->getBody();
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
  clang::Stmt* body = function->getBody();
  clang::Sema::SynthesizedFunctionScope scope(sema, function);
  const QuietDiagnostics quiet(sema.Diags);
  const Build build(sema, place_of(body));

  const SiteDecls decls = make_site(build, words, plan, function, unit);
  if (decls.site == nullptr) return false;
  clang::VarDecl* guard = make_guard(build, words, function);
  if (guard == nullptr) return false;
  clang::Stmt* call = make_call(build, words, plan, function, guard, decls.site, unit);
  if (call == nullptr || quiet.saw_error()) return false;

  llvm::SmallVector<clang::Stmt*, 8> ahead;
  for (clang::VarDecl* local : decls.local) {
    function->addHiddenDecl(local);
    ahead.push_back(build.declare(local));
  }
  function->addHiddenDecl(guard);
  ahead.push_back(build.declare(guard));
  ahead.push_back(call);
  function->setBody(
      wrap(sema.getASTContext(), function, body, ahead, way_out_of(function, *unit)));
  return true;
}

}  // namespace autospan::plugin
