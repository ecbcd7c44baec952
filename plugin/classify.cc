// See classify.h. What is built into the language; classify_std and classify_record know the rest.
#include "classify.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>

#include "classify_record.h"
#include "classify_std.h"
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
    case BuiltinType::Half:
    case BuiltinType::Float16:
    case BuiltinType::BFloat16:
    case BuiltinType::Float:
      return ValueKind::kFloat;
    case BuiltinType::Double:
    case BuiltinType::LongDouble:
      return ValueKind::kDouble;
    default:
      break;
  }
  if (!type->isInteger()) return ValueKind::kOpaque;
  if (context.getTypeSize(type) > 64) return ValueKind::kWide;
  return type->isSignedInteger() ? ValueKind::kSigned : ValueKind::kUnsigned;
}

ValueFacts classify_enum(const clang::EnumDecl* declared, const clang::ASTContext& context) {
  ValueFacts value;
  const clang::EnumDecl* defined = declared->getDefinition();
  const QualType integer = declared->getIntegerType();
  if (integer.isNull() || context.getTypeSize(integer) > 64) return value;
  value.kind =
      integer->isSignedIntegerOrEnumerationType() ? ValueKind::kSigned : ValueKind::kUnsigned;
  value.fixed = declared->isFixed();
  if (defined == nullptr) return value;
  for (const clang::EnumConstantDecl* enumerator : defined->enumerators()) {
    if (value.enumerators.size() == kEnumeratorsMax) break;
    value.enumerators.push_back(
        {enumerator->getName().str(), enumerator->getInitVal().getExtValue()});
  }
  if (!value.enumerators.empty()) value.kind = ValueKind::kEnum;  // std::byte has none
  return value;
}

bool is_text(QualType element, const clang::ASTContext& context) {
  return context.hasSameUnqualifiedType(element, context.CharTy) && !element.isVolatileQualified();
}

ValueFacts of_kind(ValueKind kind) {
  ValueFacts value;
  value.kind = kind;
  return value;
}

ValueFacts classify_array(const clang::ConstantArrayType* array, clang::Sema& sema,
                          unsigned levels) {
  if (is_text(array->getElementType(), sema.getASTContext())) return of_kind(ValueKind::kCharArray);
  ValueFacts value = of_kind(ValueKind::kSequence);
  Step bound;
  bound.what = Step::kExtent;
  bound.index = array->getSize().getZExtValue();
  value.path = {bound};
  if (levels != 0) {
    value.parts.emplace_back();
    value.parts.back().value = classify(array->getElementType(), sema, levels - 1);
  }
  return value;
}

ValueFacts classify_value(QualType type, clang::Sema& sema, unsigned levels) {
  const clang::ASTContext& context = sema.getASTContext();
  if (type->isDependentType() || type.isVolatileQualified() || type->isAtomicType() ||
      type.getCanonicalType()->isVariablyModifiedType() ||
      type.getAddressSpace() != clang::LangAS::Default)
    return {};
  if (const auto* tag = type->getAs<clang::EnumType>())
    return classify_enum(tag->getDecl(), context);
  if (const auto* builtin = type->getAs<BuiltinType>())
    return of_kind(classify_builtin(builtin, context));
  if (type->isBitIntType() && context.getTypeSize(type) <= 64)
    return of_kind(type->isSignedIntegerType() ? ValueKind::kSigned : ValueKind::kUnsigned);
  if (type->isFunctionType()) return of_kind(ValueKind::kPointer);
  if (type->isPointerType())
    return of_kind(is_text(type->getPointeeType(), context) ? ValueKind::kCString
                                                            : ValueKind::kPointer);
  if (const auto* array = context.getAsConstantArrayType(type))
    return classify_array(array, sema, levels);
  const clang::RecordDecl* record = type->getAsRecordDecl();
  if (record == nullptr) return {};
  if (const auto* of_cxx = llvm::dyn_cast<clang::CXXRecordDecl>(record)) {
    ValueFacts value = classify_std(type, of_cxx, sema, levels);
    if (value.kind != ValueKind::kOpaque) return value;
  }
  return classify_record(record, sema, levels);
}

}  // namespace

ValueFacts classify(QualType type, clang::Sema& sema, unsigned levels) {
  ValueFacts value = classify_value(type.getNonReferenceType(), sema, levels);
  value.type_name = type_name(type, sema.getASTContext());
  return value;
}

}  // namespace autospan::plugin
