// [[autospan::span]], [[autospan::span("name")]], [[autospan::root]], [[autospan::skip]] on
// functions and [[autospan::redact]] on parameters and members.
//
// They are carried through the AST (redeclarations, templates, precompiled headers) as
// AnnotateAttr, and must be dropped before code generation: an annotated function would be kept
// alive by llvm.global.annotations. A member's would call llvm.ptr.annotation wherever it is read, and
// nobody knows when the last reader has come: there a SuppressAttr carries it, which makes no code.
#pragma once

#include <clang/AST/Decl.h>

#include "facts.h"

namespace autospan::plugin {

Annotations annotations_of(const clang::FunctionDecl* function);
bool is_marked_redact(const clang::ParmVarDecl* param);
bool is_marked_redact(const clang::FieldDecl* member);

// Removes ours, and only ours, from a function and its parameters.
void drop_annotations(clang::FunctionDecl* function);

}  // namespace autospan::plugin
