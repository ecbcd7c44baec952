// The standard library's types → ValueFacts.
#pragma once

#include <clang/AST/DeclCXX.h>
#include <clang/Sema/Sema.h>

#include "facts.h"

namespace autospan::plugin {

// Opaque: none of std's, one that is not known, or one that may not be completed.
ValueFacts classify_std(clang::QualType type, const clang::CXXRecordDecl* record, clang::Sema& sema,
                        unsigned levels);

}  // namespace autospan::plugin
