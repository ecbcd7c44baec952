// How much a function's body does, and what in it forbids a span.
#pragma once

#include <clang/AST/Decl.h>

#include "facts.h"

namespace autospan::plugin {

// Counts what the span would cover: a body nested in a lambda belongs to the lambda.
BodySize measure(const clang::FunctionDecl* function);

// True where a `return` must stay a tail call: a cleanup would break it.
bool has_musttail(const clang::Stmt* body);

}  // namespace autospan::plugin
