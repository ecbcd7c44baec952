// A container's first elements as statements that write one JSON text.
#pragma once

#include "plan.h"
#include "reach.h"
#include "site_ast.h"
#include "vocabulary.h"

namespace autospan::plugin {

struct Ink {  // what the statements need
  const Build& build;
  const Vocabulary& words;
  clang::FunctionDecl* function;
  UnitState* unit;
};

// {json j; begin(&j); …; end(&j, ']', key)}, null where Sema refused.
clang::Stmt* write_elements(const Ink& ink, const FieldPlan& field, const Value& container);

}  // namespace autospan::plugin
