// See wrapper_ast.h.
#include "wrapper_ast.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>

#include "build.h"
#include "callee.h"
#include "quiet_diagnostics.h"

namespace autospan::plugin {
namespace {

using clang::QualType;

const clang::MemberExpr* member_of(const clang::CallExpr* call) {
  return llvm::dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParenImpCasts());
}

// `object.Base::f()` of a virtual f: it calls just this one.
bool names_class(const clang::CallExpr* call) {
  const clang::MemberExpr* member = member_of(call);
  return member != nullptr && member->hasQualifier();
}

// Of a variadic callee: the types of this call's further arguments, as they were promoted.
llvm::SmallVector<QualType, 4> further_types(const clang::CallExpr* call,
                                             const clang::FunctionDecl* callee) {
  llvm::SmallVector<QualType, 4> types;
  for (unsigned i = callee->getNumParams(); callee->isVariadic() && i < call->getNumArgs(); ++i)
    types.push_back(call->getArg(i)->getType().getUnqualifiedType());
  return types;
}

QualType type_of(clang::ASTContext& context, const clang::FunctionDecl* callee,
                 llvm::ArrayRef<QualType> further) {
  if (!callee->isVariadic()) return callee->getType();
  const auto* type = callee->getType()->castAs<clang::FunctionProtoType>();
  clang::FunctionProtoType::ExtProtoInfo info = type->getExtProtoInfo();
  info.Variadic = false;
  llvm::SmallVector<QualType, 8> params(type->param_types());
  params.append(further.begin(), further.end());
  return context.getFunctionType(type->getReturnType(), params, info);
}

void add_attributes(clang::FunctionDecl* made, const clang::FunctionDecl* callee, UnitState* unit) {
  clang::ASTContext& context = made->getASTContext();
  const clang::IdentifierInfo* name = callee->getIdentifier();
  const std::string symbol = (name == nullptr ? std::string("operator") : name->getName().str()) +
                             ".autospan." + unit->salt + std::to_string(unit->statics++);
  made->addAttr(clang::AsmLabelAttr::CreateImplicit(context, symbol, /*IsLiteralLabel=*/true));
  made->addAttr(clang::AlwaysInlineAttr::CreateImplicit(context));
  made->addAttr(clang::NoDebugAttr::CreateImplicit(context));
  made->addAttr(clang::UnusedAttr::CreateImplicit(context));
  made->addAttr(clang::NoInstrumentFunctionAttr::CreateImplicit(context));
  if (llvm::isa<clang::CXXMethodDecl>(made))
    made->addAttr(clang::InternalLinkageAttr::CreateImplicit(context));
}

// Of the callee's own kind and in its scope, but not entered there.
clang::FunctionDecl* declare(clang::ASTContext& context, clang::FunctionDecl* callee, QualType type,
                             UnitState* unit) {
  const clang::SourceLocation at = callee->getLocation();
  clang::TypeSourceInfo* written = context.getTrivialTypeSourceInfo(type, at);
  clang::FunctionDecl* made = nullptr;
  if (auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee)) {
    made = clang::CXXMethodDecl::Create(
        context, method->getParent(), at, callee->getNameInfo(), type, written,
        method->isStatic() ? clang::SC_Static : clang::SC_None, /*UsesFPIntrin=*/false,
        /*isInline=*/true, clang::ConstexprSpecKind::Unspecified, at);
    made->setAccess(clang::AS_public);
  } else {
    clang::DeclContext* scope = callee->getDeclContext();
    if (scope->isFunctionOrMethod()) scope = context.getTranslationUnitDecl();
    made = clang::FunctionDecl::Create(context, scope, at, callee->getNameInfo(), type, written,
                                       clang::SC_Static, /*UsesFPIntrin=*/false,
                                       /*isInlineSpecified=*/true, /*hasWrittenPrototype=*/true,
                                       clang::ConstexprSpecKind::Unspecified, nullptr);
  }
  made->setImplicit();
  made->setReferenced();
  add_attributes(made, callee, unit);
  return made;
}

void add_parameters(clang::ASTContext& context, clang::FunctionDecl* callee,
                    llvm::ArrayRef<QualType> further, clang::FunctionDecl* made) {
  const clang::SourceLocation at = callee->getLocation();
  const std::vector<std::string> names = parameter_names(callee);
  llvm::SmallVector<QualType, 8> types;
  for (const clang::ParmVarDecl* param : callee->parameters()) {
    const QualType type = param->getType();
    types.push_back(type->isRecordType() ? type.getUnqualifiedType() : type);
  }
  types.append(further.begin(), further.end());
  llvm::SmallVector<clang::ParmVarDecl*, 8> params;
  for (unsigned i = 0; i < types.size(); ++i) {
    clang::IdentifierInfo* name =
        i < names.size() && !names[i].empty() ? &context.Idents.get(names[i]) : nullptr;
    auto* param = clang::ParmVarDecl::Create(context, made, at, at, name, types[i],
                                             context.getTrivialTypeSourceInfo(types[i], at),
                                             clang::SC_None, nullptr);
    param->setScopeInfo(0, i);
    param->setImplicit();
    param->markUsed(context);
    params.push_back(param);
  }
  made->setParams(params);
}

// The parameter as the argument it was: a value of class type is moved on, what came as an rvalue
// goes on as one.
clang::Expr* passed_on(const Build& build, clang::ParmVarDecl* param) {
  clang::Expr* whole = build.name(param);
  if (whole == nullptr || !build.context().getLangOpts().CPlusPlus) return whole;
  const QualType type = param->getType();
  const bool rvalue = type->isRValueReferenceType() && !type->getPointeeType()->isFunctionType();
  if (!rvalue && !type->isRecordType()) return whole;
  return clang::ImplicitCastExpr::Create(build.context(), whole->getType(), clang::CK_NoOp, whole,
                                         nullptr, clang::VK_XValue, clang::FPOptionsOverride());
}

clang::Expr* object(const Build& build, clang::CXXMethodDecl* made) {
  clang::Expr* self =
      build.sema().BuildCXXThisExpr(build.at(), made->getThisType(), /*IsImplicit=*/true);
  if (made->getRefQualifier() != clang::RQ_RValue) return self;
  clang::Expr* whole = build.dereference(self);
  if (whole == nullptr) return nullptr;
  return clang::ImplicitCastExpr::Create(build.context(), whole->getType(), clang::CK_NoOp, whole,
                                         nullptr, clang::VK_XValue, clang::FPOptionsOverride());
}

// The member of this object: found by its virtual table where the call found it so.
clang::Expr* member(const Build& build, clang::CXXMethodDecl* callee, clang::CXXMethodDecl* made,
                    bool by_class) {
  clang::Expr* self = object(build, made);
  if (self == nullptr) return nullptr;
  clang::ASTContext& context = build.context();
  clang::NestedNameSpecifierLoc scope;
  if (by_class) {
    clang::NestedNameSpecifierLocBuilder builder;
    builder.MakeTrivial(context,
                        clang::NestedNameSpecifier::Create(
                            context, nullptr, /*Template=*/false,
                            context.getTypeDeclType(callee->getParent()).getTypePtr()),
                        build.at());
    scope = builder.getWithLocInContext(context);
  }
  return build.sema().BuildMemberExpr(
      self, /*IsArrow=*/self->getType()->isPointerType() && !self->isGLValue(), build.at(), scope,
      clang::SourceLocation(), callee, clang::DeclAccessPair::make(callee, clang::AS_public),
      /*HadMultipleCandidates=*/false, callee->getNameInfo(), context.BoundMemberTy,
      clang::VK_PRValue, clang::OK_Ordinary);
}

// return callee(…); the call itself is what is returned: nothing is moved, whatever its type.
clang::Stmt* make_body(const Build& build, const clang::CallExpr* call, clang::FunctionDecl* callee,
                       clang::FunctionDecl* made) {
  llvm::SmallVector<clang::Expr*, 8> arguments;
  for (clang::ParmVarDecl* param : made->parameters()) arguments.push_back(passed_on(build, param));
  if (llvm::is_contained(arguments, nullptr)) return nullptr;
  auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  clang::Expr* again = nullptr;
  if (method == nullptr || method->isStatic()) {
    again = build.call(callee, arguments);
  } else if (clang::Expr* bound =
                 member(build, method, llvm::cast<clang::CXXMethodDecl>(made), names_class(call))) {
    const clang::ExprResult called =
        build.sema().BuildCallExpr(nullptr, bound, build.at(), arguments, build.at());
    again = called.isUsable() ? called.get() : nullptr;
  }
  if (again == nullptr) return nullptr;
  const clang::ExprResult whole =
      build.sema().ActOnFinishFullExpr(again, build.at(), /*DiscardedValue=*/false);
  if (!whole.isUsable()) return nullptr;
  clang::Stmt* end = clang::ReturnStmt::Create(build.context(), build.at(), whole.get(), nullptr);
  return clang::CompoundStmt::Create(build.context(), end, clang::FPOptionsOverride(), build.at(),
                                     build.at());
}

clang::Expr* fresh_member(clang::ASTContext& context, const clang::MemberExpr* old,
                          clang::FunctionDecl* wrapper, QualType type) {
  return clang::MemberExpr::Create(context, old->getBase(), old->isArrow(), old->getOperatorLoc(),
                                   old->getQualifierLoc(), old->getTemplateKeywordLoc(), wrapper,
                                   clang::DeclAccessPair::make(wrapper, clang::AS_public),
                                   old->getMemberNameInfo(), nullptr, type, old->getValueKind(),
                                   old->getObjectKind(), old->isNonOdrUse());
}

}  // namespace

Wrapper make_wrapper(clang::Sema& sema, const clang::CallExpr* call, clang::FunctionDecl* callee,
                     UnitState* unit) {
  clang::ASTContext& context = sema.getASTContext();
  const auto* type = callee->getType()->castAs<clang::FunctionProtoType>();
  if (clang::isUnresolvedExceptionSpec(type->getExceptionSpecType()))
    sema.ResolveExceptionSpec(call->getExprLoc(), type);
  const llvm::SmallVector<QualType, 4> further = further_types(call, callee);
  clang::FunctionDecl* made = declare(context, callee, type_of(context, callee, further), unit);
  add_parameters(context, callee, further, made);

  clang::Sema::SynthesizedFunctionScope scope(sema, made);
  const QuietDiagnostics quiet(sema.Diags);
  clang::Stmt* body = make_body(Build(sema, callee->getLocation()), call, callee, made);
  if (body == nullptr || quiet.saw_error()) return {};
  made->setBody(body);
  made->markUsed(context);
  return {made, body};
}

std::string wrapper_key(const clang::CallExpr* call, const clang::FunctionDecl* callee) {
  std::string key = names_class(call) ? "::" : "";
  for (const QualType type : further_types(call, callee))
    key += type.getCanonicalType().getAsString() + ",";
  return key;
}

void redirect(clang::ASTContext& context, clang::CallExpr* call, clang::FunctionDecl* wrapper) {
  const clang::Expr* old = call->getCallee()->IgnoreParenImpCasts();
  const auto* member = llvm::dyn_cast<clang::MemberExpr>(old);
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(wrapper);
  if (member != nullptr && method != nullptr && !method->isStatic())
    return call->setCallee(fresh_member(context, member, wrapper, member->getType()));
  const QualType type = wrapper->getType();
  clang::Expr* named = nullptr;
  if (member != nullptr)
    named = fresh_member(context, member, wrapper, type);
  else
    named = clang::DeclRefExpr::Create(
        context, clang::NestedNameSpecifierLoc(), clang::SourceLocation(), wrapper,
        /*RefersToEnclosingVariableOrCapture=*/false,
        llvm::cast<clang::DeclRefExpr>(old)->getNameInfo(), type, old->getValueKind());
  call->setCallee(clang::ImplicitCastExpr::Create(context, context.getPointerType(type),
                                                  clang::CK_FunctionToPointerDecay, named, nullptr,
                                                  clang::VK_PRValue, clang::FPOptionsOverride()));
}

}  // namespace autospan::plugin
