// [[autospan::span]], [[autospan::span("name")]], [[autospan::root]], [[autospan::skip]] on
// functions and [[autospan::redact]] on parameters.
//
// They are carried through the AST (redeclarations, templates, precompiled headers) as
// AnnotateAttr, and must be dropped before code generation: an annotated function would be kept
// alive by llvm.global.annotations.
#pragma once

#include <clang/AST/Decl.h>

#include "facts.h"

namespace autospan::plugin {

Annotations annotations_of(const clang::FunctionDecl* function);
bool is_marked_redact(const clang::ParmVarDecl* param);

// Removes ours, and only ours, from a function and its parameters.
void drop_annotations(clang::FunctionDecl* function);

}  // namespace autospan::plugin
