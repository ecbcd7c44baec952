// See classify_std.h.
#include "classify_std.h"

#include <clang/AST/ASTContext.h>
#include <clang/Sema/Lookup.h>

#include <numeric>

#include "classify.h"
#include "std_types.h"

namespace autospan::plugin {
namespace {

using clang::QualType;
using clang::TemplateArgument;
using Specialization = clang::ClassTemplateSpecializationDecl;

Step step(Step::What what, const char* method = nullptr, std::uint64_t index = 0) {
  Step made;
  made.what = what;
  made.method = method;
  made.index = index;
  return made;
}
Step call(const char* method) { return step(Step::kCall, method); }

ValueFacts of_kind(ValueKind kind, Path path = {}) {
  ValueFacts value;
  value.kind = kind;
  value.path = std::move(path);
  return value;
}

PartFacts part(std::string name, Path path, ValueFacts value) {
  PartFacts made;
  made.name = std::move(name);
  made.path = std::move(path);
  made.value = std::move(value);
  return made;
}

QualType type_argument(const Specialization* made, unsigned index) {
  const auto arguments = made->getTemplateArgs().asArray();
  if (index >= arguments.size() || arguments[index].getKind() != TemplateArgument::Type) return {};
  return arguments[index].getAsType();
}

const Specialization* specialization(QualType type) {
  return type.isNull() ? nullptr
                       : llvm::dyn_cast_or_null<Specialization>(type->getAsCXXRecordDecl());
}

// duration<rep, ratio<N, D>> of a rep that is built in.
ValueFacts classify_duration(const Specialization* made) {
  const QualType rep = type_argument(made, 0);
  const Specialization* period = specialization(type_argument(made, 1));
  if (rep.isNull() || period == nullptr || !is_std(period, "ratio")) return {};
  if (!rep->isIntegralOrEnumerationType() && !rep->isRealFloatingType()) return {};
  std::int64_t ratio[2] = {};
  for (unsigned i = 0; i < 2; ++i) {
    const TemplateArgument& one = period->getTemplateArgs()[i];
    if (one.getKind() != TemplateArgument::Integral) return {};
    ratio[i] = one.getAsIntegral().getExtValue();
  }
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (ratio[1] <= 0) return {};
  const std::int64_t shared = std::gcd(kSecond, ratio[1]);
  ValueFacts value = of_kind(ValueKind::kDuration, {call("count")});
  if (__builtin_mul_overflow(ratio[0], kSecond / shared, &value.ticks)) return {};
  value.per = ratio[1] / shared;
  return value;
}

// Of the system's clock a time; of the steady one how long it has run.
ValueFacts classify_time_point(const Specialization* made) {
  const QualType clock = type_argument(made, 0);
  const Specialization* since = specialization(type_argument(made, 1));
  if (clock.isNull() || since == nullptr || !is_std_in(since, "chrono", "duration")) return {};
  const clang::CXXRecordDecl* named = clock->getAsCXXRecordDecl();
  if (named == nullptr) return {};
  ValueFacts value = classify_duration(since);
  if (value.kind == ValueKind::kOpaque) return value;
  value.path.insert(value.path.begin(), call("time_since_epoch"));
  if (is_std_in(named, "chrono", "system_clock"))
    value.kind = ValueKind::kTime;
  else if (!is_std_in(named, "chrono", "steady_clock"))
    return {};
  return value;
}

ValueFacts classify_optional(const Specialization* made, clang::Sema& sema, unsigned levels) {
  const QualType inner = type_argument(made, 0);
  if (inner.isNull() || inner.isVolatileQualified()) return {};
  ValueFacts held = classify(inner, sema, levels);
  if (held.kind == ValueKind::kOpaque) return {};
  ValueFacts value = of_kind(ValueKind::kOptional);
  value.parts = {part("", {step(Step::kHeld)}, std::move(held))};
  return value;
}

ValueFacts classify_expected(const Specialization* made, clang::Sema& sema, unsigned levels) {
  const QualType held = type_argument(made, 0), error = type_argument(made, 1);
  if (held.isNull() || error.isNull()) return {};
  ValueFacts value = of_kind(ValueKind::kExpected);
  if (!held->isVoidType())
    value.parts.push_back(part("", {step(Step::kHeld)}, classify(held, sema, levels)));
  value.parts.push_back(
      part("error", {step(Step::kError, "error")}, classify(error, sema, levels)));
  return value;
}

// The types of a variant or tuple are one pack.
ValueFacts classify_pack(ValueKind kind, const Specialization* made, clang::Sema& sema,
                         unsigned levels) {
  ValueFacts value = of_kind(kind);
  const TemplateArgument& pack = made->getTemplateArgs()[0];
  if (pack.getKind() != TemplateArgument::Pack) return {};
  unsigned index = 0;
  for (const TemplateArgument& one : pack.getPackAsArray()) {
    value.parts.push_back(part(kind == ValueKind::kRecord ? std::to_string(index) : "",
                               {step(Step::kElement, nullptr, index)},
                               classify(one.getAsType(), sema, levels)));
    ++index;
  }
  return value.parts.empty() ? ValueFacts() : value;
}

ValueFacts classify_sequence(const Specialization* made, unsigned values, clang::Sema& sema,
                             unsigned levels) {
  ValueFacts value = of_kind(ValueKind::kSequence, {call("size")});
  for (unsigned i = 0; levels != 0 && i < values; ++i)
    value.parts.push_back(part("", {}, classify(type_argument(made, i), sema, levels - 1)));
  return value;
}

ValueFacts classify_string(QualType character, const clang::ASTContext& context) {
  if (context.hasSameUnqualifiedType(character, context.CharTy) ||
      character.getCanonicalType()->isChar8Type())
    return of_kind(ValueKind::kString);
  return of_kind(ValueKind::kSequence, {call("size")});
}

// By name alone; whether it may be completed is asked afterwards.
ValueFacts classify_by_name(const clang::CXXRecordDecl* record, clang::Sema& sema,
                            unsigned levels) {
  const auto* made = llvm::dyn_cast<Specialization>(record);
  if (made == nullptr) {
    if (is_std_in(record, "filesystem", "path")) return of_kind(ValueKind::kPath);
    if (is_std(record, "error_code") || is_std(record, "error_condition"))
      return of_kind(ValueKind::kErrorCode);
    return {};
  }
  if (const QualType character = std_string_character(made); !character.isNull())
    return classify_string(character, sema.getASTContext());
  if (is_std(made, "optional")) return classify_optional(made, sema, levels);
  if (is_std(made, "expected")) return classify_expected(made, sema, levels);
  if (is_std(made, "variant")) return classify_pack(ValueKind::kVariant, made, sema, levels);
  if (is_std(made, "unique_ptr") || is_std(made, "shared_ptr"))
    return of_kind(ValueKind::kPointer, {call("get")});
  if (is_std_in(made, "chrono", "duration")) return classify_duration(made);
  if (is_std_in(made, "chrono", "time_point")) return classify_time_point(made);
  if (levels != 0 && is_std(made, "tuple"))
    return classify_pack(ValueKind::kRecord, made, sema, levels - 1);
  const SequenceTemplate* sequence = std_sequence(made);
  if (sequence == nullptr) return {};
  return classify_sequence(made, sequence->adaptor ? 0 : sequence->values, sema, levels);
}

// `pointer` of a deleter may be anything: only what is compared with a number is an address.
bool holds_raw_pointer(const clang::CXXRecordDecl* record, clang::Sema& sema) {
  const auto* made = llvm::dyn_cast<Specialization>(record);
  if (made == nullptr || !is_std(made, "unique_ptr")) return true;
  const QualType deleter = type_argument(made, 1);
  const clang::CXXRecordDecl* named = deleter.isNull() ? nullptr : deleter->getAsCXXRecordDecl();
  if (named == nullptr) return true;
  if (is_std(named, "default_delete")) return true;
  if (!named->hasDefinition()) return false;
  clang::LookupResult found(sema, &sema.getASTContext().Idents.get("pointer"),
                            clang::SourceLocation(), clang::Sema::LookupMemberName);
  found.suppressDiagnostics();
  return !sema.LookupQualifiedName(found, const_cast<clang::CXXRecordDecl*>(named));
}

}  // namespace

ValueFacts classify_std(QualType type, const clang::CXXRecordDecl* record, clang::Sema& sema,
                        unsigned levels) {
  if (record->getIdentifier() == nullptr) return {};
  ValueFacts value = classify_by_name(record, sema, levels);
  if (value.kind == ValueKind::kOpaque) return value;
  if (!is_complete_or_harmless(type, sema) || !holds_raw_pointer(record, sema)) return {};
  return value;
}

}  // namespace autospan::plugin
