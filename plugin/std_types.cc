// See std_types.h.
#include "std_types.h"

#include <clang/AST/ASTContext.h>

namespace autospan::plugin {
namespace {

using clang::QualType;
using clang::TemplateArgument;
using Specialization = clang::ClassTemplateSpecializationDecl;

constexpr unsigned kDepthMax = 8;
constexpr SequenceTemplate kSequences[] = {
    {"vector", 1, 1, false},
    {"deque", 1, 1, false},
    {"list", 1, 1, false},
    {"set", 1, 2, false},
    {"multiset", 1, 2, false},
    {"map", 2, 3, false},
    {"multimap", 2, 3, false},
    {"unordered_set", 1, 3, false},
    {"unordered_multiset", 1, 3, false},
    {"unordered_map", 2, 4, false},
    {"unordered_multimap", 2, 4, false},
    {"array", 1, 0, false},
    {"span", 1, 0, false},
    {"initializer_list", 1, 0, false},
    {"valarray", 1, 0, true},
    {"queue", 1, 0, true},
    {"stack", 1, 0, true},
    {"priority_queue", 1, 0, true},
};

bool is_harmless(QualType type, unsigned depth);

bool are_harmless(llvm::ArrayRef<TemplateArgument> arguments, unsigned depth) {
  for (const TemplateArgument& argument : arguments) {
    if (argument.getKind() == TemplateArgument::Pack &&
        !are_harmless(argument.getPackAsArray(), depth))
      return false;
    if (argument.getKind() == TemplateArgument::Type && !is_harmless(argument.getAsType(), depth))
      return false;
  }
  return true;
}

bool is_harmless(QualType type, unsigned depth) {
  type = type.getCanonicalType();
  if (depth == kDepthMax) return false;
  if (type->isBuiltinType() || type->isEnumeralType() || type->isPointerType()) return true;
  if (const auto* array = llvm::dyn_cast<clang::ConstantArrayType>(type))
    return is_harmless(array->getElementType(), depth + 1);
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr || !is_of_std(record)) return false;
  const auto* made = llvm::dyn_cast<Specialization>(record);
  return made == nullptr || are_harmless(made->getTemplateArgs().asArray(), depth + 1);
}

bool is_std_allocator(const TemplateArgument& argument) {
  if (argument.getKind() != TemplateArgument::Type) return false;
  const clang::CXXRecordDecl* record = argument.getAsType()->getAsCXXRecordDecl();
  return record != nullptr &&
         (is_std(record, "allocator") || is_std_in(record, "pmr", "polymorphic_allocator"));
}

// What an adaptor adapts: calls of the adaptor are calls of it.
bool adapts_std(const Specialization* made) {
  const auto arguments = made->getTemplateArgs().asArray();
  if (arguments.size() < 2 || arguments[1].getKind() != TemplateArgument::Type) return true;
  const auto* adapted =
      llvm::dyn_cast_or_null<Specialization>(arguments[1].getAsType()->getAsCXXRecordDecl());
  return adapted != nullptr && std_sequence(adapted) != nullptr;
}

}  // namespace

bool is_of_std(const clang::Decl* declared) {
  for (const clang::DeclContext* scope = declared->getDeclContext(); scope != nullptr;
       scope = scope->getParent())
    if (scope->isStdNamespace()) return true;
  return false;
}

bool is_std(const clang::NamedDecl* named, llvm::StringRef name) {
  return named->getIdentifier() != nullptr && named->getName() == name &&
         named->getDeclContext()->isStdNamespace();
}

bool is_std_in(const clang::NamedDecl* named, llvm::StringRef space, llvm::StringRef name) {
  if (named->getIdentifier() == nullptr || named->getName() != name) return false;
  const clang::DeclContext* scope = named->getDeclContext();
  while (scope->isInlineNamespace()) scope = scope->getParent();
  const auto* inner = llvm::dyn_cast<clang::NamespaceDecl>(scope);
  return inner != nullptr && inner->getName() == space && inner->getParent() != nullptr &&
         inner->getParent()->isStdNamespace();
}

bool is_complete_or_harmless(QualType type, clang::Sema& sema) {
  if (!type->isIncompleteType()) return true;
  if (!is_harmless(type, 0)) return false;
  return sema.isCompleteType(sema.getASTContext().getTranslationUnitDecl()->getLocation(), type);
}

QualType std_string_character(const clang::CXXRecordDecl* record) {
  const auto* made = llvm::dyn_cast<Specialization>(record);
  if (made == nullptr || (!is_std(made, "basic_string") && !is_std(made, "basic_string_view")))
    return {};
  const auto arguments = made->getTemplateArgs().asArray();
  if (arguments.size() > 2 && !is_std_allocator(arguments[2])) return {};
  return arguments[0].getAsType();
}

const SequenceTemplate* std_sequence(const Specialization* made) {
  for (const SequenceTemplate& one : kSequences) {
    if (!is_std(made, one.name)) continue;
    const auto arguments = made->getTemplateArgs().asArray();
    if (one.allocator != 0 &&
        (arguments.size() <= one.allocator || !is_std_allocator(arguments[one.allocator])))
      return nullptr;
    return one.adaptor && !adapts_std(made) ? nullptr : &one;
  }
  return nullptr;
}

}  // namespace autospan::plugin
