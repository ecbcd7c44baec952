// How much a function's body does, what in it forbids a span, and where it begins and ends.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/AST/Stmt.h>

#include "facts.h"

namespace autospan::plugin {

// Counts what the span would cover: a body nested in a lambda belongs to the lambda.
BodySize measure(const clang::FunctionDecl* function);

// True where a `return` must stay a tail call: a cleanup would break it.
bool has_musttail(const clang::Stmt* body);

// Of the first statement that makes code.
clang::SourceLocation first_place(const clang::Stmt* body);

// The one return of a body, where nothing is destroyed on that way out; else null.
const clang::ReturnStmt* only_return(const clang::Stmt* body);

}  // namespace autospan::plugin
