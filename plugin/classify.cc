// See classify.h.
#include "classify.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>

#include <optional>

#include "names.h"

namespace autospan::plugin {
namespace {

constexpr std::size_t kEnumeratorsMax = 256;

using clang::BuiltinType;
using clang::QualType;

ValueKind classify_builtin(const BuiltinType* type, const clang::ASTContext& context) {
  switch (type->getKind()) {
    case BuiltinType::Bool:
      return ValueKind::kBool;
    case BuiltinType::Char_S:
    case BuiltinType::Char_U:
    case BuiltinType::WChar_S:
    case BuiltinType::WChar_U:
    case BuiltinType::Char8:
    case BuiltinType::Char16:
    case BuiltinType::Char32:
      return ValueKind::kChar;
    case BuiltinType::Float:
      return ValueKind::kFloat;
    case BuiltinType::Double:
      return ValueKind::kDouble;
    default:
      break;
  }
  if (!type->isInteger() || context.getTypeSize(type) > 64) return ValueKind::kOpaque;
  return type->isSignedInteger() ? ValueKind::kSigned : ValueKind::kUnsigned;
}

ValueFacts classify_enum(const clang::EnumDecl* declared, const clang::ASTContext& context) {
  ValueFacts value;
  const clang::EnumDecl* defined = declared->getDefinition();
  const QualType integer = declared->getIntegerType();
  if (integer.isNull() || context.getTypeSize(integer) > 64) return value;
  value.kind =
      integer->isSignedIntegerOrEnumerationType() ? ValueKind::kSigned : ValueKind::kUnsigned;
  if (defined == nullptr) return value;
  for (const clang::EnumConstantDecl* enumerator : defined->enumerators()) {
    if (value.enumerators.size() == kEnumeratorsMax) break;
    value.enumerators.push_back(
        {enumerator->getName().str(), enumerator->getInitVal().getExtValue()});
  }
  if (!value.enumerators.empty()) value.kind = ValueKind::kEnum;  // std::byte has none
  return value;
}

// `std::name<…>` or `std::filesystem::name`, inline namespaces seen through.
bool is_std(const clang::NamedDecl* named, llvm::StringRef name, bool in_filesystem = false) {
  if (named->getIdentifier() == nullptr || named->getName() != name) return false;
  const clang::DeclContext* scope = named->getDeclContext();
  if (!in_filesystem) return scope->isStdNamespace();
  while (scope->isInlineNamespace()) scope = scope->getParent();
  const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope);
  return space != nullptr && space->getName() == "filesystem" && space->getParent() != nullptr &&
         space->getParent()->isStdNamespace();
}

// A template argument that is plain char, std::char_traits<char> or one of std's allocators: then
// completing the specialization cannot reach a type of the user's.
bool is_harmless_argument(const clang::TemplateArgument& argument, QualType character) {
  if (argument.getKind() != clang::TemplateArgument::Type) return false;
  const QualType type = argument.getAsType().getCanonicalType();
  if (type == character) return true;
  const auto* record =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
  if (record == nullptr) return false;
  if (!is_std(record, "char_traits") && !is_std(record, "allocator") &&
      record->getName() != "polymorphic_allocator")
    return false;
  for (const clang::TemplateArgument& inner : record->getTemplateArgs().asArray())
    if (!is_harmless_argument(inner, character)) return false;
  return true;
}

bool is_char_string(const clang::ClassTemplateSpecializationDecl* record,
                    const clang::ASTContext& context) {
  if (!is_std(record, "basic_string") && !is_std(record, "basic_string_view")) return false;
  for (const clang::TemplateArgument& argument : record->getTemplateArgs().asArray())
    if (!is_harmless_argument(argument, context.CharTy)) return false;
  return true;
}

bool can_complete(QualType type, clang::Sema& sema) {
  return sema.isCompleteType(sema.getASTContext().getTranslationUnitDecl()->getLocation(), type) ||
         !type->isIncompleteType();
}

ValueFacts classify_value(QualType type, clang::Sema& sema);

ValueFacts classify_record(QualType type, const clang::CXXRecordDecl* record, clang::Sema& sema) {
  ValueFacts value;
  const auto* made = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
  if (made != nullptr && is_char_string(made, sema.getASTContext()) && can_complete(type, sema))
    value.kind = ValueKind::kString;
  if (made == nullptr && is_std(record, "path", true) && record->hasDefinition())
    value.kind = ValueKind::kPath;
  if (made != nullptr && is_std(made, "optional")) {
    const QualType inner = made->getTemplateArgs()[0].getAsType();
    if (inner.isVolatileQualified() || inner->isPointerType()) return value;
    ValueFacts held = classify_value(inner, sema);
    if (held.kind == ValueKind::kOpaque || held.optional || !can_complete(type, sema)) return value;
    held.optional = true;
    return held;
  }
  return value;
}

bool is_text(QualType element, const clang::ASTContext& context) {
  return context.hasSameUnqualifiedType(element, context.CharTy) && !element.isVolatileQualified();
}

ValueFacts classify_pointer(QualType pointee, const clang::ASTContext& context) {
  ValueFacts value;
  value.kind = is_text(pointee, context) ? ValueKind::kCString : ValueKind::kPointer;
  return value;
}

ValueFacts classify_value(QualType type, clang::Sema& sema) {
  const clang::ASTContext& context = sema.getASTContext();
  ValueFacts value;
  if (type->isDependentType() || type.isVolatileQualified() || type->isAtomicType() ||
      type.getCanonicalType()->isVariablyModifiedType() ||
      type.getAddressSpace() != clang::LangAS::Default)
    return value;
  if (const auto* tag = type->getAs<clang::EnumType>())
    return classify_enum(tag->getDecl(), context);
  if (const auto* builtin = type->getAs<BuiltinType>()) {
    value.kind = classify_builtin(builtin, context);
    return value;
  }
  if (type->isBitIntType() && context.getTypeSize(type) <= 64) {
    value.kind = type->isSignedIntegerType() ? ValueKind::kSigned : ValueKind::kUnsigned;
    return value;
  }
  if (type->isPointerType()) return classify_pointer(type->getPointeeType(), context);
  if (const auto* array = context.getAsConstantArrayType(type)) {
    if (is_text(array->getElementType(), context)) value.kind = ValueKind::kCharArray;
    return value;
  }
  if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl())
    return classify_record(type, record, sema);
  return value;
}

}  // namespace

ValueFacts classify(QualType type, clang::Sema& sema) {
  ValueFacts value = classify_value(type.getNonReferenceType(), sema);
  value.type_name = type_name(type, sema.getASTContext());
  return value;
}

}  // namespace autospan::plugin
