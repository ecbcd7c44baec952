// Facts → verdict → plan → injection, for every function body as the compiler finishes it.
#pragma once

#include <clang/AST/DeclGroup.h>
#include <clang/Sema/Sema.h>
#include <llvm/ADT/DenseSet.h>

#include <optional>
#include <set>
#include <string>

#include "calls.h"
#include "options.h"
#include "report.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

class Instrument {
 public:
  explicit Instrument(const Options& options)
      : options_(options), report_(options.rules), calls_(options, &unit_) {
    unit_.secrets = options.rules.secrets;
  }

  void set_sema(clang::Sema* sema) { sema_ = sema; }
  void set_salt(const std::string& salt) { unit_.salt = salt; }
  void keep_ends() { unit_.keeps_ends = true; }

  // Everything with a body below this declaration, lambdas in initialisers included.
  void visit(clang::Decl* declared);
  // One function whose body is complete.
  void visit_function(clang::FunctionDecl* function);

  // What a variable or a member is initialised with, outside of functions.
  void visit_initialiser(const clang::DeclaratorDecl* declared, clang::Expr* value);
  // The unit is whole: nothing more comes.
  void finish() { calls_.finish(&report_); }

  const Report& report() const { return report_; }

 private:
  void judge_template(const clang::FunctionDecl* function);
  void redirect_calls(clang::FunctionDecl* function);
  bool has_words();
  Verdict try_inject(clang::FunctionDecl* function, FunctionFacts* facts, Verdict verdict);
  Verdict refuse(const FunctionFacts& facts, Verdict verdict, const char* why);

  const Options& options_;
  Report report_;
  clang::Sema* sema_ = nullptr;
  Vocabulary words_;
  std::optional<bool> words_found_;
  UnitState unit_;
  Calls calls_;
  llvm::DenseSet<const clang::FunctionDecl*> seen_;
  std::set<std::string> refused_;  // where
};

}  // namespace autospan::plugin
