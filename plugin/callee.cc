// See callee.h.
#include "callee.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>

#include "compat.h"
#include "gather.h"

namespace autospan::plugin {
namespace {

// What the wrapper would have to state again and cannot.
bool has_binding_attribute(const clang::FunctionDecl* callee) {
  return callee->hasAttr<clang::TargetAttr>() || callee->hasAttr<clang::TargetVersionAttr>() ||
         callee->hasAttr<clang::TargetClonesAttr>() || callee->hasAttr<clang::CPUSpecificAttr>() ||
         callee->hasAttr<clang::CPUDispatchAttr>() || callee->hasAttr<clang::EnableIfAttr>() ||
         callee->hasAttr<clang::DiagnoseIfAttr>() || callee->hasAttr<clang::ErrorAttr>() ||
         callee->hasAttr<clang::UnsafeBufferUsageAttr>() ||
         callee->hasAttr<clang::ConvergentAttr>();
}

// Passing such a value on needs more than a move, or another calling convention in the caller.
const char* type_obstacle(clang::QualType type) {
  if (type->isVectorType() || type->isSizelessType()) return "passes a vector register";
  if (type->isVariablyModifiedType()) return "has a parameter of variable size";
  const auto* record = type->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return nullptr;
  if (record->isParamDestroyedInCallee()) return "destroys an argument itself";
  return nullptr;
}

bool may_be_moved(const clang::CXXRecordDecl* record);

bool may_be_moved(llvm::ArrayRef<clang::TemplateArgument> arguments) {
  for (const clang::TemplateArgument& one : arguments) {
    if (one.getKind() == clang::TemplateArgument::Pack && !may_be_moved(one.getPackAsArray()))
      return false;
    if (one.getKind() == clang::TemplateArgument::Type &&
        !may_be_moved(one.getAsType()->getAsCXXRecordDecl()))
      return false;
  }
  return true;
}

// What is of std is made to be moved, as far as what it holds within itself is.
bool may_be_moved_in_std(const clang::CXXRecordDecl* record) {
  const auto* made = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
  if (made == nullptr || made->getIdentifier() == nullptr) return true;
  for (llvm::StringRef holder : {"optional", "pair", "tuple", "array", "variant", "expected"})
    if (made->getName() == holder) return may_be_moved(made->getTemplateArgs().asArray());
  return true;
}

bool moves_itself(const clang::CXXRecordDecl* record) {
  for (const clang::CXXConstructorDecl* constructor : record->ctors())
    if (constructor->isMoveConstructor()) return constructor->isUserProvided();
  return false;
}

// The wrapper moves such a value on, and what it was moved from is destroyed, too. That is harmless
// where the class says how it is moved. Where it says only how it is destroyed it would close its
// file twice.
bool may_be_moved(const clang::CXXRecordDecl* record) {
  if (record == nullptr || !record->hasDefinition()) return true;
  if (record->hasTrivialCopyConstructor() && record->hasTrivialDestructor()) return true;
  if (moves_itself(record)) return true;
  if (record->isInStdNamespace()) return may_be_moved_in_std(record);
  if (!record->hasMoveConstructor() || record->hasUserDeclaredDestructor()) return false;
  for (const clang::CXXBaseSpecifier& base : record->bases())
    if (!may_be_moved(base.getType()->getAsCXXRecordDecl())) return false;
  for (const clang::FieldDecl* member : record->fields())
    if (!may_be_moved(member->getType()->getBaseElementTypeUnsafe()->getAsCXXRecordDecl()))
      return false;
  return true;
}

const char* parameter_obstacle(const clang::ParmVarDecl* param) {
  if (param->hasAttr<clang::PassObjectSizeAttr>()) return "takes an object's size";
  if (const char* why = type_obstacle(param->getType())) return why;
  const auto* record = param->getType()->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return nullptr;
  return may_be_moved(record) ? nullptr : "takes a value that is not made to be moved";
}

const char* kind_obstacle(const clang::FunctionDecl* callee) {
  if (callee->isImplicit()) return "is written by the compiler";
  if (callee->isConstexpr()) return "is constexpr";
  if (llvm::isa<clang::CXXConstructorDecl>(callee)) return "is a constructor";
  if (llvm::isa<clang::CXXDestructorDecl>(callee)) return "is a destructor";
  if (llvm::isa<clang::CXXConversionDecl>(callee)) return "is a conversion";
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (method != nullptr && method->getParent()->isLambda()) return "is a lambda";
  if (method != nullptr && compat::has_explicit_object(method)) return "has an explicit object";
  if (method != nullptr && callee->isVariadic()) return "is a variadic member";
  return nullptr;
}

std::string call_obstacle(const clang::FunctionDecl* callee) {
  if (const char* why = kind_obstacle(callee)) return why;
  const auto* type = callee->getType()->getAs<clang::FunctionProtoType>();
  if (type == nullptr) return "has no prototype";
  if (callee->isNoReturn() || callee->hasAttr<clang::AnalyzerNoReturnAttr>())
    return "does not return";
  if (callee->hasAttr<clang::ReturnsTwiceAttr>()) return "returns twice";
  if (has_binding_attribute(callee)) return "has an attribute that binds it to its caller";
  if (type->hasExtParameterInfos()) return "has parameters of a calling convention of their own";
  if (const char* why = type_obstacle(callee->getReturnType())) return why;
  for (const clang::ParmVarDecl* param : callee->parameters())
    if (const char* why = parameter_obstacle(param)) return why;
  return {};
}

}  // namespace

clang::FunctionDecl* named_callee(const clang::CallExpr* call) {
  if (llvm::isa<clang::UserDefinedLiteral, clang::CUDAKernelCallExpr>(call)) return nullptr;
  const clang::Expr* callee = call->getCallee()->IgnoreParens();
  const auto* decay = llvm::dyn_cast<clang::ImplicitCastExpr>(callee);
  if (decay != nullptr && decay->getCastKind() == clang::CK_FunctionToPointerDecay)
    callee = decay->getSubExpr()->IgnoreParens();
  clang::ValueDecl* named = nullptr;
  if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(callee))
    named = const_cast<clang::ValueDecl*>(reference->getDecl());
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(callee))
    named = member->getMemberDecl();
  return llvm::dyn_cast_or_null<clang::FunctionDecl>(named);
}

FunctionFacts gather_callee(const clang::FunctionDecl* callee) {
  const clang::FunctionDecl* body = nullptr;
  callee->hasBody(body);
  FunctionFacts facts = gather(body != nullptr ? body : callee);
  facts.size.works = facts.size.works || body == nullptr;  // whatever it does is done elsewhere
  if (facts.obstacle.empty()) facts.obstacle = call_obstacle(callee);
  facts.only_by_name = callee->isInStdNamespace() || callee->isOverloadedOperator();
  return facts;
}

std::string find_obstacle(const clang::CallExpr* call, const clang::FunctionDecl* callee) {
  for (unsigned i = callee->getNumParams(); callee->isVariadic() && i < call->getNumArgs(); ++i) {
    const clang::QualType type = call->getArg(i)->getType();
    if (!type->isScalarType() || type->isMemberPointerType() || type->isBlockPointerType())
      return "is given a whole object after its named parameters";
  }
  return {};
}

std::vector<std::string> parameter_names(const clang::FunctionDecl* callee) {
  std::vector<std::string> names(callee->getNumParams());
  for (const clang::FunctionDecl* declared : callee->redecls())
    for (unsigned i = 0; i < names.size() && i < declared->getNumParams(); ++i)
      if (names[i].empty()) names[i] = declared->getParamDecl(i)->getName().str();
  return names;
}

}  // namespace autospan::plugin
