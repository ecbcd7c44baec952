// The static data of a span: its site, its parameters, the names of its enums.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "build.h"
#include "plan.h"
#include "secrets.h"
#include "vocabulary.h"

namespace autospan::plugin {

// What one translation unit has made so far: tables it shares, numbers it has used.
struct UnitState {
  std::string salt;  // keeps apart what a precompiled header made and what its user makes
  // Bodies end where they did: what maps coverage to lines asks for their ends.
  bool keeps_ends = false;
  unsigned statics = 0;
  std::map<std::string, clang::VarDecl*> enum_tables;
  SecretNames secrets;  // for the keys of maps, which are read at run time
};

struct SiteDecls {
  clang::VarDecl* site = nullptr;      // null: Sema refused
  std::vector<clang::VarDecl*> local;  // to be declared in the function's body, in this order
};

// In a constexpr function, and in one of our own, the statics stand at the top of the translation unit,
// elsewhere in the function itself, where all copies of an inline function share them.
SiteDecls make_site(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                    clang::FunctionDecl* function, UnitState* unit);

// The names of an enum, one table a translation unit.
clang::VarDecl* enum_table(const Build& build, const Vocabulary& words, const ValueFacts& value,
                           UnitState* unit);

}  // namespace autospan::plugin
