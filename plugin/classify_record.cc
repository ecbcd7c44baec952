// See classify_record.h.
#include "classify_record.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>

#include "annotations.h"
#include "classify.h"
#include "compat.h"
#include "hooks.h"
#include "names.h"
#include "std_types.h"

namespace autospan::plugin {
namespace {

void add_members(const clang::RecordDecl* record, Path path, clang::Sema& sema, unsigned levels,
                 std::vector<PartFacts>* parts);

PartFacts member_part(const clang::FieldDecl* member, Path path, clang::Sema& sema,
                      unsigned levels) {
  PartFacts part;
  part.name = member->getName().str();
  part.path = std::move(path);
  part.hidden =
      member->getAccess() == clang::AS_private || member->getAccess() == clang::AS_protected;
  part.redact = is_marked_redact(member);
  part.type_names = names_in_type(member->getType(), sema.getASTContext());
  part.value = classify(member->getType(), sema, levels - 1);
  return part;
}

void add_members(const clang::RecordDecl* record, Path path, clang::Sema& sema, unsigned levels,
                 std::vector<PartFacts>* parts) {
  for (clang::FieldDecl* member : record->fields()) {
    if (compat::is_unnamed_bit_field(member)) continue;
    Path to = path;
    to.emplace_back();
    to.back().member = member;
    if (!member->isAnonymousStructOrUnion())
      parts->push_back(member_part(member, std::move(to), sema, levels));
    else if (const clang::RecordDecl* inner = member->getType()->getAsRecordDecl();
             inner != nullptr && !inner->isUnion())
      add_members(inner, std::move(to), sema, levels, parts);
  }
}

// Bases first, as in memory. A virtual one may be anywhere, a private one is nobody's business.
void add_bases(const clang::CXXRecordDecl* record, clang::Sema& sema, unsigned levels,
               std::vector<PartFacts>* parts) {
  for (const clang::CXXBaseSpecifier& base : record->bases()) {
    const clang::CXXRecordDecl* of = base.getType()->getAsCXXRecordDecl();
    if (of == nullptr || base.isVirtual() || base.getAccessSpecifier() != clang::AS_public)
      continue;
    add_bases(of, sema, levels, parts);
    if (!of->isUnion()) add_members(of, {}, sema, levels, parts);
  }
}

}  // namespace

ValueFacts classify_record(const clang::RecordDecl* record, clang::Sema& sema, unsigned levels) {
  ValueFacts value;
  const clang::RecordDecl* defined = record->getDefinition();
  if (defined == nullptr || defined->isUnion() || defined->isInvalidDecl()) return value;
  if (!defined->isCompleteDefinition()) return value;
  const auto* of_cxx = llvm::dyn_cast<clang::CXXRecordDecl>(defined);
  if (of_cxx != nullptr && of_cxx->isLambda()) return value;
  // What std keeps inside is no member of anything, but for pair.
  if (of_cxx != nullptr && is_of_std(of_cxx) && !is_std(of_cxx, "pair")) return value;
  if (of_cxx != nullptr && has_hook(of_cxx, sema)) {
    value.kind = ValueKind::kHooked;
    return value;
  }
  if (levels == 0) {
    value.cut = true;
    return value;
  }
  value.kind = ValueKind::kRecord;
  if (of_cxx != nullptr) add_bases(of_cxx, sema, levels, &value.parts);
  add_members(defined, {}, sema, levels, &value.parts);
  if (value.parts.empty()) value.kind = ValueKind::kOpaque;
  return value;
}

}  // namespace autospan::plugin
