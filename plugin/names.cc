// See names.h.
#include "names.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/Expr.h>
#include <clang/AST/PrettyPrinter.h>
#include <clang/AST/QualTypeNames.h>

#include <string_view>

namespace autospan::plugin {
namespace {

constexpr unsigned kTypeDepthMax = 8;
constexpr std::size_t kTypeNameBytesMax = 256;
constexpr std::size_t kSignatureBytesMax = 1024;
constexpr const char kLambda[] = "(lambda)";

bool is_lambda_call(const clang::FunctionDecl* function) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  return method != nullptr && method->getParent()->isLambda() &&
         method->getOverloadedOperator() == clang::OO_Call;
}

std::string record_name(const clang::TagDecl* tag) {
  if (!tag->getName().empty()) return tag->getName().str();
  const clang::TypedefNameDecl* alias = tag->getTypedefNameForAnonDecl();
  return alias != nullptr ? alias->getName().str() : std::string();
}

// What one enclosing context adds in front of `::`; empty: nothing.
std::string scope_name(const clang::DeclContext* scope) {
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(scope)) return own_name(function);
  if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope))
    return space->isInline() ? std::string() : space->getName().str();
  if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(scope))
    return record->isLambda() ? std::string() : record_name(record);
  if (const auto* tag = llvm::dyn_cast<clang::TagDecl>(scope)) return record_name(tag);
  return {};
}

void collect_names(clang::QualType type, const clang::ASTContext& context, unsigned depth,
                   std::vector<std::string>* names);

void collect_arguments(llvm::ArrayRef<clang::TemplateArgument> arguments,
                       const clang::ASTContext& context, unsigned depth,
                       std::vector<std::string>* names) {
  for (const clang::TemplateArgument& argument : arguments) {
    if (argument.getKind() == clang::TemplateArgument::Type)
      collect_names(argument.getAsType(), context, depth, names);
    if (argument.getKind() == clang::TemplateArgument::Pack)
      collect_arguments(argument.getPackAsArray(), context, depth, names);
  }
}

// One layer of a type: the typedef, alias template, class or enum that it names.
void collect_layer(const clang::Type* layer, const clang::ASTContext& context, unsigned depth,
                   std::vector<std::string>* names) {
  if (const auto* alias = llvm::dyn_cast<clang::TypedefType>(layer))
    names->push_back(alias->getDecl()->getName().str());
  if (const auto* alias = llvm::dyn_cast<clang::TemplateSpecializationType>(layer)) {
    if (const clang::TemplateDecl* named = alias->getTemplateName().getAsTemplateDecl())
      names->push_back(named->getName().str());
    collect_arguments(alias->template_arguments(), context, depth + 1, names);
  }
  if (const auto* tag = llvm::dyn_cast<clang::TagType>(layer)) {
    names->push_back(record_name(tag->getDecl()));
    if (const auto* made = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(tag->getDecl()))
      collect_arguments(made->getTemplateArgs().asArray(), context, depth + 1, names);
  }
}

void collect_names(clang::QualType type, const clang::ASTContext& context, unsigned depth,
                   std::vector<std::string>* names) {
  if (depth == kTypeDepthMax || type.isNull()) return;
  while (true) {
    collect_layer(type.getTypePtr(), context, depth, names);
    const clang::QualType next = type.getSingleStepDesugaredType(context);
    if (next == type) break;
    type = next;
  }
  if (type->isPointerType() || type->isReferenceType())
    collect_names(type->getPointeeType(), context, depth + 1, names);
  else if (const clang::ArrayType* array = context.getAsArrayType(type))
    collect_names(array->getElementType(), context, depth + 1, names);
}

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() > bytes_max) text.resize(bytes_max);
  return text;
}

// clang before 22 calls a closure an anonymous class.
std::string with_lambdas_named(std::string text) {
  constexpr std::string_view kAnonymous = "(anonymous class)";
  for (std::size_t at; (at = text.find(kAnonymous)) != text.npos;)
    text.replace(at, kAnonymous.size(), kLambda);
  return text;
}

}  // namespace

std::string own_name(const clang::FunctionDecl* function) {
  if (is_lambda_call(function)) return kLambda;
  switch (function->getDeclName().getNameKind()) {
    case clang::DeclarationName::CXXConstructorName:
      return record_name(llvm::cast<clang::CXXConstructorDecl>(function)->getParent());
    case clang::DeclarationName::CXXDestructorName:
      return "~" + record_name(llvm::cast<clang::CXXDestructorDecl>(function)->getParent());
    default:
      return function->getDeclName().getAsString();
  }
}

std::string qualified_name(const clang::FunctionDecl* function) {
  std::string name = own_name(function);
  for (const clang::DeclContext* scope = function->getDeclContext(); scope != nullptr;
       scope = scope->getParent()) {
    const std::string outer = scope_name(scope);
    if (!outer.empty()) name = outer + "::" + name;
  }
  return name;
}

std::string signature(const clang::FunctionDecl* function) {
  return cut(with_lambdas_named(clang::PredefinedExpr::ComputeName(
                 clang::PredefinedIdentKind::PrettyFunctionNoVirtual, function)),
             kSignatureBytesMax);
}

std::string type_name(clang::QualType type, const clang::ASTContext& context) {
  while (const auto* spelled = type.getNonReferenceType()->getAs<clang::DecltypeType>())
    type = spelled->desugar();
  // `struct C {…} c;` writes its keyword, which only C needs.
  const auto* written = llvm::dyn_cast<clang::ElaboratedType>(
      type.getNonReferenceType().getUnqualifiedType().getTypePtr());
  if (written != nullptr && context.getLangOpts().CPlusPlus) type = written->getNamedType();
  type = clang::TypeName::getFullyQualifiedType(
      type.getNonReferenceType().getUnqualifiedType(), context);
  clang::PrintingPolicy policy(context.getLangOpts());
  policy.SuppressTagKeyword = true;
  policy.FullyQualifiedName = true;
  policy.AnonymousTagLocations = false;
  policy.Bool = true;
  return cut(with_lambdas_named(type.getAsString(policy)), kTypeNameBytesMax);
}

std::vector<std::string> names_in_type(clang::QualType type, const clang::ASTContext& context) {
  std::vector<std::string> names;
  collect_names(type, context, 0, &names);
  return names;
}

}  // namespace autospan::plugin
