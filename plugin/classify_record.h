// Classes, structs and unions of the user's → ValueFacts.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>

#include "facts.h"

namespace autospan::plugin {

// Members only where `levels` asks for them and the type is complete already. Unions are opaque:
// which member is alive is not known.
ValueFacts classify_record(const clang::RecordDecl* record, clang::Sema& sema, unsigned levels);

}  // namespace autospan::plugin
