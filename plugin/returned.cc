// See returned.h.
#include "returned.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>

#include "classify.h"
#include "names.h"
#include "std_types.h"

namespace autospan::plugin {
namespace {

const clang::CXXMethodDecl* plain_getter(const clang::CXXRecordDecl* record, llvm::StringRef name) {
  const clang::CXXMethodDecl* found = nullptr;
  for (const clang::CXXMethodDecl* method : record->methods()) {
    if (method->getIdentifier() == nullptr || method->getName() != name) continue;
    if (found != nullptr) return nullptr;  // overloaded
    found = method;
  }
  const bool plain = found != nullptr && found->getNumParams() == 0 && found->isConst() &&
                     !found->isStatic() && found->getAccess() == clang::AS_public &&
                     found->getRefQualifier() == clang::RQ_None;
  return plain ? found : nullptr;
}

bool is_text(clang::QualType type) {
  const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record != nullptr && !std_string_character(record).isNull();
}

// A class with ok(), as absl::Status and leveldb::Status are, and what it says of itself.
void find_status(const clang::CXXRecordDecl* record, ReturnFacts* facts) {
  if (record == nullptr || !record->hasDefinition() || record->isDependentType()) return;
  record = record->getDefinition();
  const clang::CXXMethodDecl* ok = plain_getter(record, "ok");
  if (ok == nullptr || !ok->getReturnType()->isBooleanType()) return;
  facts->status = true;
  for (const char* name : {"message", "error_message", "ToString", "to_string"}) {
    const clang::CXXMethodDecl* text = plain_getter(record, name);
    if (text == nullptr || !is_text(text->getReturnType())) continue;
    facts->message = name;
    return;
  }
}

bool left_as_it_is(const clang::FunctionDecl* function, clang::QualType type, const clang::Sema& sema) {
  if (type->isVoidType() || type->isDependentType() || type->isUndeducedType()) return true;
  if (llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function)) return true;
  if (llvm::isa_and_nonnull<clang::CoroutineBodyStmt>(function->getBody())) return true;
  if (!type->isRecordType()) return false;
  return function->isConstexpr() || !sema.getLangOpts().ElideConstructors;
}

}  // namespace

ReturnFacts gather_returned(const clang::FunctionDecl* function, clang::Sema& sema, unsigned levels) {
  ReturnFacts facts;
  const clang::QualType type = function->getReturnType();
  if (left_as_it_is(function, type, sema)) return facts;
  facts.present = true;
  facts.type_names = names_in_type(type, sema.getASTContext());
  facts.value = classify(type, sema, levels);
  find_status(type.getNonReferenceType()->getAsCXXRecordDecl(), &facts);
  return facts;
}

}  // namespace autospan::plugin
