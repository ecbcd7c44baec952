// See hooks.h.
#include "hooks.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclFriend.h>
#include <clang/AST/DeclTemplate.h>

namespace autospan::plugin {
namespace {

constexpr const char kHook[] = "autospan_fields";

clang::NamespaceDecl* find_namespace(const clang::DeclContext* scope, clang::ASTContext& context,
                                     const char* name) {
  if (scope == nullptr) return nullptr;
  for (clang::NamedDecl* found : scope->lookup(&context.Idents.get(name)))
    if (auto* space = llvm::dyn_cast<clang::NamespaceDecl>(found)) return space;
  return nullptr;
}

// A template may take anything: its call decides.
bool takes(const clang::NamedDecl* hook, const clang::CXXRecordDecl* record) {
  if (llvm::isa<clang::FunctionTemplateDecl>(hook)) return true;
  const auto* function = llvm::dyn_cast<clang::FunctionDecl>(hook);
  if (function == nullptr || function->getNumParams() != 2) return false;
  const clang::CXXRecordDecl* taken =
      function->getParamDecl(0)->getType().getNonReferenceType()->getAsCXXRecordDecl();
  if (taken == nullptr || !taken->hasDefinition()) return false;
  return taken->getCanonicalDecl() == record->getCanonicalDecl() || record->isDerivedFrom(taken);
}

}  // namespace

clang::NamespaceDecl* macros_namespace(clang::ASTContext& context) {
  return find_namespace(find_namespace(context.getTranslationUnitDecl(), context, "autospan"),
                        context, "detail");
}

bool has_hook(const clang::CXXRecordDecl* record, clang::Sema& sema) {
  clang::ASTContext& context = sema.getASTContext();
  const clang::NamespaceDecl* macros = macros_namespace(context);
  if (macros == nullptr || macros->lookup(&context.Idents.get(kHookCaller)).empty()) return false;
  const clang::IdentifierInfo* name = &context.Idents.get(kHook);
  for (const clang::NamedDecl* hook : record->getEnclosingNamespaceContext()->lookup(name))
    if (takes(hook, record)) return true;
  for (const clang::FriendDecl* friendly : record->friends()) {
    const clang::NamedDecl* hook = friendly->getFriendDecl();
    if (hook != nullptr && hook->getDeclName() == name && takes(hook, record)) return true;
  }
  return false;
}

}  // namespace autospan::plugin
