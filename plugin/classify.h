// QualType → ValueFacts: how a parameter's value can be captured.
#pragma once

#include <clang/AST/Type.h>
#include <clang/Sema/Sema.h>

#include "facts.h"

namespace autospan::plugin {

// How deep members are looked for where a rule asks for them.
constexpr unsigned kMemberDepthMax = 3;

// Never completes a type of the user's: only types of std, and only where their arguments are
// harmless too. `levels` of members and elements are described, 0: none.
ValueFacts classify(clang::QualType type, clang::Sema& sema, unsigned levels);

}  // namespace autospan::plugin
