// Where a coroutine leaves its thread and comes back to one.
#pragma once

#include <clang/AST/StmtCXX.h>

#include "build.h"
#include "vocabulary.h"

namespace autospan::plugin {

// Every co_await and co_yield of these statements tells `coroutine` before it suspends and after it
// resumes. False, and nothing was changed, where Sema refused.
bool tell_suspensions(const Build& build, const Vocabulary& words, llvm::ArrayRef<clang::Stmt*> statements,
                      clang::VarDecl* coroutine);

}  // namespace autospan::plugin
