// What is known of the standard library's types: which one a declaration is, and when one may be
// completed without reaching a type of the user's.
#pragma once

#include <clang/AST/DeclTemplate.h>
#include <clang/Sema/Sema.h>

namespace autospan::plugin {

// Below namespace std, however deep.
bool is_of_std(const clang::Decl* declared);

// `std::NAME`, inline namespaces seen through; below std: `std::chrono::NAME` by is_std_in.
bool is_std(const clang::NamedDecl* named, llvm::StringRef name);
bool is_std_in(const clang::NamedDecl* named, llvm::StringRef space, llvm::StringRef name);

// True where the type is complete, or was of no consequence to complete: a specialization of std's
// whose arguments are built in, enums, pointers or such specializations themselves. A type of the
// user's is never completed on the way.
bool is_complete_or_harmless(clang::QualType type, clang::Sema& sema);

// basic_string or basic_string_view, of whatever character; null: it is none.
clang::QualType std_string_character(const clang::CXXRecordDecl* record);

// The templates that have size(). `values`: how many of their arguments are the elements' (two of a
// map); `adaptor`: no begin().
struct SequenceTemplate {
  const char* name;
  unsigned values;
  unsigned allocator;  // which argument it is, 0: has none
  bool adaptor;
};
// Null: none of them, or one whose allocator is the user's.
const SequenceTemplate* std_sequence(const clang::ClassTemplateSpecializationDecl* made);

}  // namespace autospan::plugin
