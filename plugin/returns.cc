// See returns.h. `return e;` becomes
//
//   { T r = e; if (guard) {tell r} return r; }
//
// where r, if T is a class, is built in the place of the result as a named variable may be that all returns
// name: no move, and no move constructor needed. `return local;` that is so built already keeps its local.
#include "returns.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

#include <vector>

#include "capture.h"

namespace autospan::plugin {
namespace {

class Teller {
 public:
  Teller(const Build& build, const Vocabulary& words, const SpanPlan& plan, clang::FunctionDecl* function,
         clang::VarDecl* guard)
      : build_(build), words_(words), plan_(plan), function_(function), guard_(guard) {}

  clang::Stmt* rewrite(clang::ReturnStmt* statement) const {
    clang::Expr* value = statement->getRetValue();
    if (value == nullptr || llvm::isa<clang::InitListExpr>(value)) return statement;
    if (const clang::VarDecl* local = statement->getNRVOCandidate();
        local != nullptr && local->isNRVOVariable())
      return block({tell(const_cast<clang::VarDecl*>(local)), statement});
    clang::VarDecl* result = build_.hold(function_, "__autospan_result",
                                         function_->getReturnType().getCanonicalType(), value);
    clang::Expr* named = read(result);
    if (named == nullptr) return nullptr;
    function_->addHiddenDecl(result);
    const bool in_place = result->isNRVOVariable();
    return block({build_.declare(result), tell(result),
                  clang::ReturnStmt::Create(build_.context(), statement->getReturnLoc(), named,
                                            in_place ? result : nullptr)});
  }

 private:
  clang::Stmt* block(llvm::ArrayRef<clang::Stmt*> statements) const {
    return llvm::is_contained(statements, nullptr) ? nullptr : build_.block(statements);
  }

  // As the return statement reads it.
  clang::Expr* read(clang::VarDecl* result) const {
    if (result == nullptr) return nullptr;
    const clang::QualType type = result->getType();
    if (type->isRValueReferenceType()) return build_.cast(type, build_.name(result));
    if (type->isReferenceType() || result->isNRVOVariable()) return build_.name(result);
    return build_.load(build_.name(result));
  }

  // if (guard) {…}
  clang::Stmt* tell(clang::VarDecl* result) const {
    const Value whole = [this, result] { return build_.name(result); };
    llvm::SmallVector<clang::Stmt*, 4> told;
    unsigned index = static_cast<unsigned>(plan_.fields.size());
    for (const FieldPlan& field : plan_.returned.fields) {
      if (field.has_data())
        told.push_back(build_.statement(
            build_.call(words_.returned, {build_.name(guard_), build_.integer(index),
                                          capture_slot(build_, words_, field, whole)})));
      ++index;
    }
    if (plan_.returned.error != ErrorWhen::kNever) told.push_back(fail(whole));
    if (llvm::is_contained(told, nullptr)) return nullptr;
    if (told.empty()) return build_.statement(build_.nothing());
    return build_.when(build_.name(guard_), build_.block(told));
  }

  clang::Expr* fail_call(clang::Expr* bytes, clang::Expr* length) const {
    return build_.call(words_.fail, {build_.name(guard_), bytes, length});
  }
  clang::Stmt* fail_mute() const {
    return build_.statement(fail_call(build_.integer(0), build_.integer(0, 64)));
  }
  clang::Stmt* fail_by(const char* function, clang::Expr* of) const {
    if (plan_.returned.silent) return fail_mute();
    return build_.statement(build_.call_named(function, {build_.name(guard_), of}));
  }

  clang::Stmt* fail(const Value& whole) const {
    const auto compare = [&](clang::BinaryOperatorKind which, std::int64_t number) {
      const clang::QualType wide = build_.context().getIntTypeForBitwidth(64, /*Signed=*/1);
      return build_.binary(which, build_.cast(wide, whole()),
                           build_.integer(static_cast<std::uint64_t>(number), 64));
    };
    switch (plan_.returned.error) {
      case ErrorWhen::kCode: {
        clang::Expr* number = build_.call_member(whole(), "value");
        return build_.when(number, fail_by("__autospan_fail_code", whole()));
      }
      case ErrorWhen::kUnexpected:
        return build_.when(build_.call_member(whole(), "has_value"), build_.statement(build_.nothing()),
                           fail_by("__autospan_fail_with", build_.call_member(whole(), "error")));
      case ErrorWhen::kNotOk: {
        const std::string& text = plan_.returned.message;
        return build_.when(build_.call_member(whole(), "ok"), build_.statement(build_.nothing()),
                           text.empty() ? fail_mute()
                                        : fail_by("__autospan_fail_with",
                                                  build_.call_member(whole(), text.c_str())));
      }
      case ErrorWhen::kNegative: return build_.when(compare(clang::BO_LT, 0), fail_mute());
      case ErrorWhen::kZero: return build_.when(build_.step(whole(), clang::UO_LNot), fail_mute());
      case ErrorWhen::kNotZero: return build_.when(whole(), fail_mute());
      case ErrorWhen::kOneOf: {
        clang::Expr* any = nullptr;
        for (const std::int64_t number : plan_.returned.numbers) {
          clang::Expr* same = compare(clang::BO_EQ, number);
          any = any == nullptr ? same : build_.binary(clang::BO_LOr, any, same);
        }
        return build_.when(any, fail_mute());
      }
      case ErrorWhen::kNever: break;
    }
    return nullptr;
  }

  const Build& build_;
  const Vocabulary& words_;
  const SpanPlan& plan_;
  clang::FunctionDecl* function_;
  clang::VarDecl* guard_;
};

// Return statements stand where statements do: never in an expression, but for one of statements, whose
// returns leave with what it holds unfinished.
void collect(clang::Stmt*& statement, std::vector<clang::Stmt**>* found) {
  if (statement == nullptr || llvm::isa<clang::Expr, clang::DeclStmt>(statement)) return;
  if (llvm::isa<clang::ReturnStmt>(statement)) {
    found->push_back(&statement);
    return;
  }
  for (clang::Stmt*& child : statement->children()) collect(child, found);
}

}  // namespace

bool tell_returns(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                  clang::FunctionDecl* function, clang::VarDecl* guard,
                  const std::function<bool()>& accepted) {
  if (!plan.returned.tells()) return true;
  std::vector<clang::Stmt**> places;
  clang::Stmt* body = function->getBody();
  collect(body, &places);
  std::vector<clang::Stmt*> made;
  for (clang::Stmt** place : places) {
    auto* statement = llvm::cast<clang::ReturnStmt>(*place);
    const Build here(build.sema(), statement->getBeginLoc());
    made.push_back(Teller(here, words, plan, function, guard).rewrite(statement));
    if (made.back() == nullptr) return false;
  }
  if (!accepted()) return false;
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = made[i];
  if (body != function->getBody()) function->setBody(body);
  return true;
}

}  // namespace autospan::plugin
