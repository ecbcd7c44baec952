// See opening.h.
#include "opening.h"

#include "capture.h"
#include "late.h"

namespace autospan::plugin {
namespace {

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
      slots.push_back(capture_slot(build, words, field,
                                   parameter(build, function->getParamDecl(field.param_index))));
  if (slots.empty()) {
    arguments->append({build.integer(0), build.integer(0, 64)});
    return;
  }
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

// The call that opens the span, and whether it is open.
struct Opening {
  clang::Expr* call = nullptr;
  clang::Expr* open = nullptr;
};
Opening make_opening(const Build& build, const Vocabulary& words, Shape shape, clang::VarDecl* guard,
                     bool coroutine, llvm::SmallVectorImpl<clang::Expr*>& arguments) {
  if (!coroutine)
    return {build.assign(guard, build.call(entry_of(words, shape), arguments)), build.name(guard)};
  arguments.insert(arguments.begin(), build.address(guard));
  return {build.call(words.coroutine_begin, arguments),
          build.call(words.coroutine_open, {build.address(guard)})};
}

}  // namespace

clang::Stmt* open_span(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                       clang::FunctionDecl* function, clang::VarDecl* guard, clang::VarDecl* site,
                       UnitState* unit) {
  llvm::SmallVector<clang::Expr*, 8> arguments = {build.address(site)};
  llvm::SmallVector<clang::Stmt*, 2> statements;
  if (plan.shape == Shape::kN)
    add_slots(build, words, plan, function, &arguments, &statements);
  else
    add_arguments(build, words, plan, function, &arguments);
  const bool coroutine = guard->getType()->isRecordType();
  const Opening opening = make_opening(build, words, plan.shape, guard, coroutine, arguments);
  statements.push_back(build.statement(opening.call));
  if (!plan.late.empty()) {
    llvm::SmallVector<clang::Stmt*, 4> late;
    if (!add_late_fields(build, words, plan, function, unit, &late)) return nullptr;
    statements.push_back(build.when(opening.open, build.block(late)));
  }
  if (llvm::is_contained(statements, nullptr)) return nullptr;
  clang::Stmt* block = build.block(statements);
  if (plan.asks) {
    clang::Expr* armed = build.call(words.armed, {build.address(site)});
    if (armed == nullptr) return nullptr;
    block = build.when(armed, block);
  }
  if (!function->isConstexpr()) return block;
  clang::Expr* constant = words.constant == nullptr ? nullptr : build.call(words.constant, {});
  if (constant == nullptr) return nullptr;
  const clang::ExprResult at_run_time =
      build.sema().CreateBuiltinUnaryOp(build.at(), clang::UO_LNot, constant);
  return at_run_time.isUsable() ? build.when(at_run_time.get(), block) : nullptr;
}

}  // namespace autospan::plugin
