// FunctionDecl → FunctionFacts.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>

#include "facts.h"

namespace autospan::plugin {

// What rules need to judge a function that has a body.
FunctionFacts gather(const clang::FunctionDecl* function);

// What a selected function's plan needs besides: signature and parameters, `levels` of their members.
void gather_details(const clang::FunctionDecl* function, clang::Sema& sema, unsigned levels,
                    FunctionFacts* facts);

}  // namespace autospan::plugin
