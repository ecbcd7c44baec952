// The user's own capture hooks: `autospan_fields(const Type&, autospan::FieldSink&)`, by hand or by
// AUTOSPAN_FIELDS. That one is declared is the opt-in; the macros' header calls it.
#pragma once

#include <clang/AST/DeclCXX.h>
#include <clang/Sema/Sema.h>

namespace autospan::plugin {

constexpr const char kHookCaller[] = "add_hooked";  // autospan::detail::, of autospan/trace.h

// For a complete class. Looked for beside the class and among its friends; not by an unqualified
// call, which would complete the class's template arguments.
bool has_hook(const clang::CXXRecordDecl* record, clang::Sema& sema);

// autospan::detail, null where trace.h was not included.
clang::NamespaceDecl* macros_namespace(clang::ASTContext& context);

}  // namespace autospan::plugin
