// `calls:` of the rules: spans around calls into functions that are compiled elsewhere, and without
// us.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>

#include <map>
#include <string>
#include <vector>

#include "options.h"
#include "report.h"
#include "source_place.h"
#include "vocabulary.h"
#include "wrapper_ast.h"

namespace autospan::plugin {

class Calls {
 public:
  Calls(const Options& options, UnitState* unit) : options_(options), unit_(unit) {}

  bool wanted() const { return !options_.rules.calls.empty(); }

  // Redirects what rules take of the calls in a piece of code.
  void redirect_in(clang::Sema& sema, const Vocabulary& words, clang::Stmt* code);
  // This function has a span of its own, whoever calls it.
  void gave_span(const clang::FunctionDecl* function);

  // At the end of the unit, before code is made of the wrappers: those whose callee turned out to
  // have a span of its own are left without one.
  void finish(Report* report);

 private:
  struct Callee {
    FunctionFacts facts;
    Verdict verdict;
  };
  struct Wrapped {
    Wrapper wrapper;
    const clang::FunctionDecl* callee = nullptr;
    SourcePlace place;  // of the call
  };

  Callee& judge_callee(const clang::FunctionDecl* callee);
  void look_at(clang::Sema& sema, const Vocabulary& words, clang::CallExpr* call);
  Wrapped wrap(clang::Sema& sema, const Vocabulary& words, const clang::CallExpr* call,
               clang::FunctionDecl* callee, const SourcePlace& place);

  const Options& options_;
  UnitState* unit_;
  std::map<const clang::FunctionDecl*, Callee> callees_;  // by first declaration
  std::vector<const clang::FunctionDecl*> order_;         // as they were met
  std::map<std::string, unsigned> by_key_;
  std::vector<Wrapped> wrapped_;
  llvm::DenseSet<const clang::FunctionDecl*> with_span_;
};

}  // namespace autospan::plugin
