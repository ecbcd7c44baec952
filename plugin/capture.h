// One value as expressions: a word, a text, or a typed slot.
#pragma once

#include "build.h"
#include "plan.h"
#include "reach.h"
#include "vocabulary.h"

namespace autospan::plugin {

struct TextExprs {
  clang::Expr* bytes = nullptr;
  clang::Expr* length = nullptr;
};

// The shapes w and s; the field is present always. Null where Sema refused.
clang::Expr* capture_word(const Build& build, const Vocabulary& words, const FieldPlan& field,
                          clang::ParmVarDecl* param);
TextExprs capture_text(const Build& build, const Vocabulary& words, const FieldPlan& field,
                       clang::ParmVarDecl* param);

// The general shape: any field with data.
clang::Expr* capture_slot(const Build& build, const Vocabulary& words, const FieldPlan& field,
                          const Value& whole);

// A slot of a kind that is one word, one text, or one of several such.
clang::Expr* slot_of(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                     const Value& value);
clang::Expr* word_of(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                     const Value& value);
bool is_one_word_or_text(ValueKind kind);

}  // namespace autospan::plugin
