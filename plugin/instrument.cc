// See instrument.h.
#include "instrument.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/Support/raw_ostream.h>

#include "classify.h"
#include "gather.h"
#include "inject_ast.h"
#include "plan.h"
#include "refused.h"

namespace autospan::plugin {
namespace {

class Visitor : public clang::RecursiveASTVisitor<Visitor> {
 public:
  explicit Visitor(Instrument* instrument) : instrument_(instrument) {}
  bool shouldVisitLambdaBody() const { return true; }
  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (function->doesThisDeclarationHaveABody()) instrument_->visit_function(function);
    return true;
  }
  bool VisitVarDecl(clang::VarDecl* variable) {
    if (!variable->isLocalVarDeclOrParm() && variable->hasInit())
      instrument_->visit_initialiser(variable, variable->getInit());
    return true;
  }
  bool VisitFieldDecl(clang::FieldDecl* member) {
    if (member->hasInClassInitializer() && member->getInClassInitializer() != nullptr)
      instrument_->visit_initialiser(member, member->getInClassInitializer());
    return true;
  }
  bool VisitLambdaExpr(clang::LambdaExpr* lambda) {
    instrument_->visit_function(lambda->getCallOperator());
    return true;
  }

 private:
  Instrument* instrument_;
};

}  // namespace

void Instrument::visit(clang::Decl* declared) {
  // A precompiled header's eager declarations come before Sema does. Their bodies were
  // instrumented when the header was compiled, or, without the plugin there, stay plain.
  if (sema_ == nullptr) return;
  const clang::SourceManager& sources = sema_->getSourceManager();
  const clang::SourceLocation at = sources.getExpansionLoc(declared->getLocation());
  if (at.isValid() && sources.isInSystemHeader(at)) return;
  Visitor(this).TraverseDecl(declared);
}

void Instrument::visit_function(clang::FunctionDecl* function) {
  if (sema_->getDiagnostics().hasErrorOccurred()) return;  // there will be no object
  if (function->isInvalidDecl() || function->isImplicit() || !function->hasBody()) return;
  if (!seen_.insert(function).second) return;
  // A template is instrumented where it is instantiated: types are concrete there.
  if (function->isDependentContext()) return judge_template(function);
  if (is_injected(function)) return;

  FunctionFacts facts = gather(function);
  // What is called while spans are recorded must not record calls either.
  if (facts.obstacle.empty()) redirect_calls(function);
  Verdict verdict = judge(options_.rules, facts);
  if (verdict.span) verdict = try_inject(function, &facts, verdict);
  if (verdict.span) calls_.gave_span(function);
  report_.add(facts, verdict);
}

void Instrument::redirect_calls(clang::FunctionDecl* function) {
  // Inlined, a wrapper must not need what the function's own target lacks.
  if (!calls_.wanted() || function->hasAttr<clang::TargetAttr>() || !has_words()) return;
  calls_.redirect_in(*sema_, words_, function->getBody());
  const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function);
  if (constructor == nullptr) return;
  for (const clang::CXXCtorInitializer* one : constructor->inits())
    calls_.redirect_in(*sema_, words_, one->getInit());
}

void Instrument::visit_initialiser(const clang::DeclaratorDecl* declared, clang::Expr* value) {
  if (!calls_.wanted() || sema_->getDiagnostics().hasErrorOccurred() || declared->isInvalidDecl())
    return;
  if (declared->getDeclContext()->isDependentContext() || declared->getType()->isDependentType() ||
      !has_words())
    return;
  calls_.redirect_in(*sema_, words_, value);
}

bool Instrument::has_words() {
  if (!words_found_) words_found_ = find_vocabulary(*sema_, &words_);
  return *words_found_;
}

void Instrument::judge_template(const clang::FunctionDecl* function) {
  const FunctionFacts facts = gather(function);
  report_.add_template(facts, judge(options_.rules, facts));
}

Verdict Instrument::try_inject(clang::FunctionDecl* function, FunctionFacts* facts,
                               Verdict verdict) {
  if (!has_words()) return refuse(*facts, verdict, "inject.h is not in this translation unit");
  const bool deep = verdict.deeds.capture && !verdict.deeds.capture->nothing();
  gather_details(function, *sema_, deep ? kMemberDepthMax : 0, facts);
  const SpanPlan plan = make_plan(*facts, verdict.deeds, options_.service, options_.rules.secrets);
  if (inject(*sema_, words_, plan, function, &unit_)) return verdict;
  // An argument that clang does not let us read shows its type.
  for (const unsigned param : find_refused(*sema_, words_, plan, function, &unit_)) {
    ValueFacts& value = facts->params[param].value;
    value.kind = ValueKind::kOpaque;
    value.cut = false;
  }
  facts->returned.present = false;
  const SpanPlan less = make_plan(*facts, verdict.deeds, options_.service, options_.rules.secrets);
  if (inject(*sema_, words_, less, function, &unit_)) return verdict;
  return refuse(*facts, verdict, "clang refused the injected code");
}

// Said once, however many instantiations there are.
Verdict Instrument::refuse(const FunctionFacts& facts, Verdict verdict, const char* why) {
  verdict.span = false;
  verdict.why = std::string("could not be instrumented: ") + why;
  if (refused_.insert(facts.file + ":" + std::to_string(facts.line)).second)
    llvm::errs() << "autospan: warning: " << facts.file << ":" << facts.line << ": "
                 << facts.qualified_name << " " << verdict.why << "\n";
  return verdict;
}

}  // namespace autospan::plugin
