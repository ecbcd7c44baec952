// See capture.h. A value is an expression made afresh each time it is read: nodes are not shared.
#include "capture.h"

#include <clang/AST/ASTContext.h>

#include <functional>

namespace autospan::plugin {
namespace {

// The value itself: the parameter, or what its optional holds.
using Value = std::function<clang::Expr*()>;

Value value_of(const Build& build, const FieldPlan& field, clang::ParmVarDecl* param) {
  if (!field.value.optional) return [&build, param] { return build.name(param); };
  return [&build, param] { return build.dereference(build.name(param)); };
}

// A code point: plain char may be signed, and wchar_t is.
clang::Expr* code_point(const Build& build, clang::Expr* value) {
  if (value == nullptr) return nullptr;
  const unsigned bits = static_cast<unsigned>(build.context().getTypeSize(value->getType()));
  return build.word(build.cast(build.context().getIntTypeForBitwidth(bits, /*Signed=*/0), value));
}

clang::Expr* word_of(const Build& build, const Vocabulary& words, ValueKind kind,
                     const Value& value) {
  switch (kind) {
    case ValueKind::kFloat:
      return build.call(words.word_f32, {value()});
    case ValueKind::kDouble:
      return build.call(words.word_f64, {value()});
    case ValueKind::kChar:
      return code_point(build, value());
    default:
      return build.word(value());
  }
}

TextExprs text_of(const Build& build, const Vocabulary& words, ValueKind kind, const Value& value) {
  if (kind == ValueKind::kPath)
    return {build.call_member(build.call_member(value(), "native"), "data"),
            build.call_member(build.call_member(value(), "native"), "size")};
  if (kind == ValueKind::kString)
    return {build.call_member(value(), "data"), build.call_member(value(), "size")};
  const clang::Expr* array = value();
  const auto* type = build.context().getAsConstantArrayType(array->getType());
  const std::uint64_t bound = type->getSize().getZExtValue();
  return {value(), build.call(words.strnlen, {value(), build.integer(bound, 64)})};
}

bool is_text(ValueKind kind) {
  return kind == ValueKind::kString || kind == ValueKind::kPath || kind == ValueKind::kCharArray;
}

clang::Expr* slot_of(const Build& build, const Vocabulary& words, const FieldPlan& field,
                     const Value& value) {
  const ValueKind kind = field.value.kind;
  if (kind == ValueKind::kCString) return build.call(words.slot_cstring, {value()});
  if (!is_text(kind))
    return build.call(words.slot_word,
                      {word_of(build, words, kind, value), build.integer(field.type)});
  const TextExprs text = text_of(build, words, kind, value);
  return build.call(words.slot_text, {text.bytes, text.length});
}

}  // namespace

clang::Expr* capture_word(const Build& build, const Vocabulary& words, const FieldPlan& field,
                          clang::ParmVarDecl* param) {
  return word_of(build, words, field.value.kind, value_of(build, field, param));
}

TextExprs capture_text(const Build& build, const Vocabulary& words, const FieldPlan& field,
                       clang::ParmVarDecl* param) {
  return text_of(build, words, field.value.kind, value_of(build, field, param));
}

clang::Expr* capture_slot(const Build& build, const Vocabulary& words, const FieldPlan& field,
                          clang::ParmVarDecl* param) {
  clang::Expr* slot = slot_of(build, words, field, value_of(build, field, param));
  if (!field.value.optional) return slot;
  return build.choose(build.call_member(build.name(param), "has_value"), slot,
                      build.call(words.slot_none, {}));
}

}  // namespace autospan::plugin
