// How functions and types are called: in rules, in span names and in `code.function`.
#pragma once

#include <clang/AST/Decl.h>

#include <string>
#include <vector>

namespace autospan::plugin {

// `UpdateStripe`, `operator+`, `Job`, `~Job`, `operator int`, `(lambda)`.
std::string own_name(const clang::FunctionDecl* function);

// As one would write it in code: unnamed and inline namespaces left out, no template arguments, no
// parameters. Ends in own_name().
std::string qualified_name(const clang::FunctionDecl* function);

// The full signature, template arguments included.
std::string signature(const clang::FunctionDecl* function);

// The type as a reader would write it: no reference, no cv-qualifiers, fully qualified.
std::string type_name(clang::QualType type, const clang::ASTContext& context);

// Every name that occurs in a type: typedefs on the way, the types pointed to, template arguments.
std::vector<std::string> names_in_type(clang::QualType type, const clang::ASTContext& context);

}  // namespace autospan::plugin
