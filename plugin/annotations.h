// [[autospan::span]], [[autospan::span("name")]], [[autospan::root]], [[autospan::skip]] on
// functions and [[autospan::redact]] on parameters and members.
//
// A SuppressAttr carries them through the AST: redeclarations, templates, precompiled headers. It makes no
// code. An AnnotateAttr would: it keeps an unused function alive, puts even a declared one that is called
// into llvm.global.annotations, and a member's calls llvm.ptr.annotation wherever it is read.
#pragma once

#include <clang/AST/Decl.h>

#include "facts.h"

namespace autospan::plugin {

Annotations annotations_of(const clang::FunctionDecl* function);
bool is_marked_redact(const clang::ParmVarDecl* param);
bool is_marked_redact(const clang::FieldDecl* member);

}  // namespace autospan::plugin
