// The differences between clang's major versions, all of them: no other file asks for the version.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/Expr.h>
#include <clang/Basic/AttributeCommonInfo.h>
#include <clang/Basic/Version.h>

namespace autospan::plugin::compat {

#if CLANG_VERSION_MAJOR >= 18
inline constexpr auto kOrdinaryString = clang::StringLiteralKind::Ordinary;
inline constexpr auto kNormalArray = clang::ArraySizeModifier::Normal;
#else
inline constexpr auto kOrdinaryString = clang::StringLiteral::Ordinary;
inline constexpr auto kNormalArray = clang::ArrayType::Normal;
#endif

#if CLANG_VERSION_MAJOR >= 18
inline bool has_explicit_object(const clang::CXXMethodDecl* method) {
  return method->isExplicitObjectMemberFunction();
}
#else
inline bool has_explicit_object(const clang::CXXMethodDecl*) { return false; }
#endif

#if CLANG_VERSION_MAJOR >= 17
inline constexpr auto kC23Spelling = clang::AttributeCommonInfo::AS_C23;
inline bool is_immediate(const clang::FunctionDecl* function) {
  return function->isImmediateFunction();
}
#else
inline constexpr auto kC23Spelling = clang::AttributeCommonInfo::AS_C2x;
inline bool is_immediate(const clang::FunctionDecl* function) { return function->isConsteval(); }
#endif

#if CLANG_VERSION_MAJOR >= 19
inline bool is_unnamed_bit_field(const clang::FieldDecl* member) {
  return member->isUnnamedBitField();
}
#else
inline bool is_unnamed_bit_field(const clang::FieldDecl* member) {
  return member->isUnnamedBitfield();
}
#endif

#if CLANG_VERSION_MAJOR >= 20
inline unsigned bit_width(const clang::FieldDecl* member, const clang::ASTContext&) {
  return member->getBitWidthValue();
}
#else
inline unsigned bit_width(const clang::FieldDecl* member, const clang::ASTContext& context) {
  return member->getBitWidthValue(context);
}
#endif

}  // namespace autospan::plugin::compat
