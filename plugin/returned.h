// What a function returns, and when that is an error.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>

#include "facts.h"

namespace autospan::plugin {

// Nothing of functions whose returns are left as they are: coroutines, and constexpr ones or those without
// elision that return objects, where a variable in between would show.
ReturnFacts gather_returned(const clang::FunctionDecl* function, clang::Sema& sema, unsigned levels);

}  // namespace autospan::plugin
