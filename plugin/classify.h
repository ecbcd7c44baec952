// QualType → ValueFacts: how a parameter's value can be captured.
#pragma once

#include <clang/AST/Type.h>
#include <clang/Sema/Sema.h>

#include "facts.h"

namespace autospan::plugin {

// Never completes a type of the user's: only std::string, std::string_view, std::optional and
// std::filesystem::path, and only where their arguments are theirs too.
ValueFacts classify(clang::QualType type, clang::Sema& sema);

}  // namespace autospan::plugin
