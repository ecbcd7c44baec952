// See calls.h.
#include "calls.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>

#include "callee.h"
#include "classify.h"
#include "find_calls.h"
#include "gather.h"
#include "inject_ast.h"
#include "plan.h"

namespace autospan::plugin {
namespace {

// What a rule needs to know of the values, with the names that some declaration has.
void add_details(const clang::FunctionDecl* callee, clang::Sema& sema, unsigned levels,
                 FunctionFacts* facts) {
  gather_details(callee, sema, levels, facts);
  const std::vector<std::string> names = parameter_names(callee);
  for (ParamFacts& param : facts->params) param.name = names[param.index];
}

}  // namespace

void Calls::redirect_in(clang::Sema& sema, const Vocabulary& words, clang::Stmt* code) {
  // Collected first: what is built below must not be walked into.
  llvm::SmallVector<clang::CallExpr*, 16> calls;
  find_calls(code, [&](clang::CallExpr* call) { calls.push_back(call); });
  for (clang::CallExpr* call : calls) look_at(sema, words, call);
}

void Calls::gave_span(const clang::FunctionDecl* function) {
  with_span_.insert(function->getCanonicalDecl());
}

Calls::Callee& Calls::judge_callee(const clang::FunctionDecl* callee) {
  const auto [at, added] = callees_.try_emplace(callee->getCanonicalDecl());
  if (added) {
    at->second.facts = gather_callee(callee);
    at->second.verdict = judge_call(options_.rules, at->second.facts);
    order_.push_back(at->first);
  }
  return at->second;
}

void Calls::look_at(clang::Sema& sema, const Vocabulary& words, clang::CallExpr* call) {
  clang::FunctionDecl* callee = named_callee(call);
  if (callee == nullptr || callee->isImplicit()) return;
  const SourcePlace place = place_of(call->getExprLoc(), sema.getASTContext());
  if (place.in_system_header) return;
  Callee& known = judge_callee(callee);
  if (!known.verdict.span) return;
  if (std::string why = find_obstacle(call, callee); !why.empty()) {
    known.verdict.why = std::move(why);  // stands in the report where no call could be wrapped
    return;
  }
  const std::string key =
      std::to_string(reinterpret_cast<std::uintptr_t>(callee->getCanonicalDecl())) +
      wrapper_key(call, callee) + place.file + ":" + std::to_string(place.line);
  const auto [at, added] = by_key_.try_emplace(key, static_cast<unsigned>(wrapped_.size()));
  if (added) {
    wrapped_
        .emplace_back();  // its place: what is built may instantiate templates with calls in them
    Wrapped made = wrap(sema, words, call, callee, place);
    wrapped_[at->second] = std::move(made);
  }
  clang::FunctionDecl* wrapper = wrapped_[at->second].wrapper.function;
  if (wrapper != nullptr) redirect(sema.getASTContext(), call, wrapper);
}

Calls::Wrapped Calls::wrap(clang::Sema& sema, const Vocabulary& words, const clang::CallExpr* call,
                           clang::FunctionDecl* callee, const SourcePlace& place) {
  const Callee& known = judge_callee(callee);
  FunctionFacts facts = known.facts;
  const Deeds& deeds = known.verdict.deeds;
  const bool deep = deeds.capture && !deeds.capture->nothing();
  add_details(callee, sema, deep ? kMemberDepthMax : 0, &facts);
  facts.file = place.file;
  facts.line = place.line;
  facts.coroutine = false;  // the wrapper is none
  SpanPlan plan = make_plan(facts, deeds, options_.service, options_.rules.secrets);
  plan.client = true;

  Wrapped made{make_wrapper(sema, call, callee, unit_), callee->getCanonicalDecl(), place};
  if (made.wrapper.function == nullptr) return made;
  if (!inject(sema, words, plan, made.wrapper.function, unit_)) {
    made.wrapper = {};
    return made;
  }
  sema.Consumer.HandleTopLevelDecl(clang::DeclGroupRef(made.wrapper.function));
  return made;
}

void Calls::finish(Report* report) {
  llvm::DenseSet<const clang::FunctionDecl*> told;
  for (const Wrapped& one : wrapped_) {
    const Callee& known = callees_.at(one.callee);
    FunctionFacts facts = known.facts;
    Verdict verdict = known.verdict;
    facts.file = one.place.file;
    facts.line = one.place.line;
    if (one.wrapper.function == nullptr) {
      verdict.span = false;
      verdict.why = "could not be wrapped: clang refused the code";
    } else if (with_span_.contains(one.callee)) {
      one.wrapper.function->setBody(one.wrapper.plain);
      verdict.span = false;
      verdict.excluded = true;
      verdict.why = "has a span of its own";
    }
    report->add(facts, verdict);
    told.insert(one.callee);
  }
  for (const clang::FunctionDecl* callee : order_) {
    Callee& known = callees_.at(callee);
    if (told.contains(callee)) continue;
    known.verdict.span = false;
    report->add(known.facts, known.verdict);
  }
}

}  // namespace autospan::plugin
