// See capture.h.
#include "capture.h"

#include <autospan/abi.h>
#include <clang/AST/ASTContext.h>
#include <clang/AST/RecordLayout.h>
#include <clang/Basic/LangOptions.h>
#include <clang/Basic/TargetInfo.h>

#include "compat.h"
#include "fields.h"

namespace autospan::plugin {
namespace {

// A code point: plain char may be signed, and wchar_t is.
clang::Expr* code_point(const Build& build, clang::Expr* value) {
  if (value == nullptr) return nullptr;
  const unsigned bits = static_cast<unsigned>(build.context().getTypeSize(value->getType()));
  return build.word(build.cast(build.context().getIntTypeForBitwidth(bits, /*Signed=*/0), value));
}

bool has_address(const clang::Expr* value) {
  if (!value->isLValue() || value->getObjectKind() != clang::OK_Ordinary) return false;
  const auto* named = llvm::dyn_cast<clang::DeclRefExpr>(value);
  const auto* variable =
      named == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(named->getDecl());
  return variable == nullptr || variable->getStorageClass() != clang::SC_Register;
}

// A bit-field's bits, out of the object around it. A negative value is extended by shifting there
// and back again.
clang::Expr* unchecked_bits(const Build& build, const Vocabulary& words, clang::Expr* value,
                            clang::QualType integer) {
  const clang::ASTContext& context = build.context();
  const auto* access = llvm::dyn_cast<clang::MemberExpr>(value);
  const auto* member =
      access == nullptr ? nullptr : llvm::dyn_cast<clang::FieldDecl>(access->getMemberDecl());
  if (member == nullptr || !member->isBitField() || !context.getTargetInfo().isLittleEndian())
    return nullptr;
  const std::uint64_t first =
      context.getASTRecordLayout(member->getParent()).getFieldOffset(member->getFieldIndex());
  const unsigned width = compat::bit_width(member, context);
  clang::Expr* bits = build.call(
      words.word_bits,
      {build.address_of(access->getBase()), build.integer(first, 64), build.integer(width, 64)});
  if (width >= 64 || !integer->isSignedIntegerType()) return bits;
  const clang::QualType wide = context.getIntTypeForBitwidth(64, /*Signed=*/1);
  const auto shift = [&](clang::BinaryOperatorKind which, clang::Expr* by_so_much) {
    return build.binary(which, by_so_much, build.integer(64 - width));
  };
  return build.word(shift(clang::BO_Shr, build.cast(wide, shift(clang::BO_Shl, bits))));
}

// A bool may hold anything where it was never set, an enum what is none of its values. The
// sanitizer reports who reads such a one, and that is the program, not we: where it watches we take
// the bytes.
clang::Expr* unchecked(const Build& build, const Vocabulary& words, clang::Expr* value,
                       clang::QualType integer) {
  if (value == nullptr) return nullptr;
  if (value->getObjectKind() == clang::OK_BitField)
    return unchecked_bits(build, words, value, integer);
  if (!has_address(value)) return nullptr;
  const auto size = build.context().getTypeSizeInChars(integer).getQuantity();
  clang::Expr* bytes = build.call(
      words.word_bytes, {build.address_of(value), build.integer(static_cast<unsigned>(size), 64)});
  return build.word(build.cast(integer, bytes));
}

// A member may never have been set, and the optimiser takes a bool that is loaded as one to be 0
// or 1.
bool is_member_bool(const ValueFacts& facts, const clang::Expr* value) {
  return facts.kind == ValueKind::kBool && llvm::isa_and_nonnull<clang::MemberExpr>(value) &&
         has_address(value);
}

bool is_watched(const Build& build, const ValueFacts& value) {
  const clang::SanitizerSet& sanitize = build.context().getLangOpts().Sanitize;
  if (value.kind == ValueKind::kBool) return sanitize.has(clang::SanitizerKind::Bool);
  return !value.fixed && sanitize.has(clang::SanitizerKind::Enum);
}

clang::Expr* bool_or_enum(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                          const Value& value) {
  const clang::ASTContext& context = build.context();
  const clang::Expr* made = value();
  if (is_watched(build, facts) || is_member_bool(facts, made)) {
    const clang::QualType type = made == nullptr ? clang::QualType() : made->getType();
    clang::QualType integer = context.BoolTy;
    if (!type.isNull() && type->isEnumeralType())
      integer = type->castAs<clang::EnumType>()->getDecl()->getIntegerType();
    if (clang::Expr* word = unchecked(build, words, value(), integer)) return word;
  }
  // A bit of std::vector<bool> is a class of its own.
  if (facts.kind == ValueKind::kBool) return build.word(build.cast(context.BoolTy, value()));
  return build.word(value());
}

clang::Expr* nanoseconds(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                         const Value& value) {
  clang::Expr* count = value();
  if (count == nullptr) return nullptr;
  const bool real = count->getType()->isRealFloatingType();
  return build.call(real ? words.nanoseconds_real : words.nanoseconds,
                    {count, build.integer(static_cast<std::uint64_t>(facts.ticks), 64),
                     build.integer(static_cast<std::uint64_t>(facts.per), 64)});
}

TextExprs text_of(const Build& build, const Vocabulary& words, ValueKind kind, const Value& value) {
  clang::ASTContext& context = build.context();
  const clang::QualType bytes = context.getPointerType(context.CharTy.withConst());
  if (kind == ValueKind::kPath)
    return {build.call_member(build.call_member(value(), "native"), "data"),
            build.call_member(build.call_member(value(), "native"), "size")};
  if (kind == ValueKind::kString)  // of char8_t, too
    return {build.cast(bytes, build.call_member(value(), "data")),
            build.call_member(value(), "size")};
  const clang::Expr* array = value();
  if (array == nullptr) return {};
  const auto* type = context.getAsConstantArrayType(array->getType());
  const std::uint64_t bound = type->getSize().getZExtValue();
  return {value(), build.call(words.strnlen, {value(), build.integer(bound, 64)})};
}

bool is_text(ValueKind kind) {
  return kind == ValueKind::kString || kind == ValueKind::kPath || kind == ValueKind::kCharArray;
}

clang::Expr* literal_slot(const Build& build, const Vocabulary& words, const std::string& text) {
  return build.call(words.slot_text, {build.text(text), build.integer(text.size(), 64)});
}

// Of what a variant may hold.
clang::Expr* alternative_slot(const Build& build, const Vocabulary& words, const PartFacts& part,
                              const Value& variant) {
  const std::uint64_t index = part.path.front().index;
  const Value held = [&build, &variant, index] {
    return build.dereference(build.call_std("get_if", index, build.address_of(variant())));
  };
  const Value value = reach(build, held, part.value.path);
  if (part.value.type_name == "std::monostate") return build.call(words.slot_none, {});
  if (!is_one_word_or_text(part.value.kind))
    return literal_slot(build, words, "<" + part.value.type_name + ">");
  return slot_of(build, words, part.value, value);
}

clang::Expr* variant_slot(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                          const Value& value) {
  clang::Expr* slot = build.call(words.slot_none, {});
  for (auto part = facts.parts.rbegin(); part != facts.parts.rend(); ++part)
    slot = build.choose(build.binary(clang::BO_EQ, build.call_member(value(), "index"),
                                     build.integer(part->path.front().index, 64)),
                        alternative_slot(build, words, *part, value), slot);
  return slot;
}

}  // namespace

clang::Expr* word_of(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                     const Value& value) {
  switch (facts.kind) {
    case ValueKind::kFloat:
      return build.call(words.word_f32, {value()});
    case ValueKind::kDouble:
      return build.call(words.word_f64, {value()});
    case ValueKind::kChar:
      return code_point(build, value());
    case ValueKind::kBool:
    case ValueKind::kEnum:
    case ValueKind::kSigned:
    case ValueKind::kUnsigned:
      return bool_or_enum(build, words, facts, value);
    case ValueKind::kDuration:
    case ValueKind::kTime:
      return nanoseconds(build, words, facts, value);
    default:
      return build.word(value());
  }
}

bool is_one_word_or_text(ValueKind kind) {
  return kind != ValueKind::kOpaque && kind < ValueKind::kOptional;
}

clang::Expr* slot_of(const Build& build, const Vocabulary& words, const ValueFacts& facts,
                     const Value& value) {
  if (facts.kind == ValueKind::kCString) return build.call(words.slot_cstring, {value()});
  if (facts.kind == ValueKind::kVariant) return variant_slot(build, words, facts, value);
  if (facts.kind == ValueKind::kWide) {
    const clang::Expr* made = value();
    if (made == nullptr || words.slot_wide == nullptr) return nullptr;
    return build.call(made->getType()->isSignedIntegerType() ? words.slot_wide : words.slot_uwide,
                      {value()});
  }
  if (is_text(facts.kind)) {
    const TextExprs text = text_of(build, words, facts.kind, value);
    return build.call(words.slot_text, {text.bytes, text.length});
  }
  return build.call(words.slot_word,
                    {word_of(build, words, facts, value), build.integer(abi_type(facts.kind))});
}

clang::Expr* capture_word(const Build& build, const Vocabulary& words, const FieldPlan& field,
                          clang::ParmVarDecl* param) {
  return word_of(build, words, field.value, reach(build, parameter(build, param), field.path));
}

TextExprs capture_text(const Build& build, const Vocabulary& words, const FieldPlan& field,
                       clang::ParmVarDecl* param) {
  return text_of(build, words, field.value.kind, reach(build, parameter(build, param), field.path));
}

clang::Expr* capture_slot(const Build& build, const Vocabulary& words, const FieldPlan& field,
                          const Value& whole) {
  clang::Expr* slot = slot_of(build, words, field.value, reach(build, whole, field.path));
  if (field.truncated) slot = build.call(words.slot_cut, {slot});
  return where_reached(build, whole, field.path, slot,
                       [&] { return build.call(words.slot_none, {}); });
}

}  // namespace autospan::plugin
