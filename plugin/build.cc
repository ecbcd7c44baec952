// See build.h.
#include "build.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/Sema/DeclSpec.h>
#include <clang/Sema/Lookup.h>
#include <clang/Sema/Template.h>

#include "compat.h"

namespace autospan::plugin {
namespace {

clang::Expr* usable(clang::ExprResult result) { return result.isUsable() ? result.get() : nullptr; }

bool any_null(llvm::ArrayRef<clang::Expr*> expressions) {
  return llvm::is_contained(expressions, nullptr);
}

}  // namespace

clang::Expr* Build::integer(std::uint64_t value, unsigned bits) const {
  const clang::QualType type =
      bits == 32 ? context_.IntTy : context_.getIntTypeForBitwidth(bits, /*Signed=*/1);
  return clang::IntegerLiteral::Create(context_, llvm::APInt(context_.getIntWidth(type), value),
                                       type, at_);
}

clang::Expr* Build::text(const std::string& bytes) const {
  const clang::QualType type =
      context_.getStringLiteralArrayType(context_.CharTy, static_cast<unsigned>(bytes.size()));
  return clang::StringLiteral::Create(context_, bytes, compat::kOrdinaryString, /*Pascal=*/false,
                                      type, at_);
}

clang::Expr* Build::text_or_null(const std::string& bytes) const {
  return bytes.empty() ? integer(0) : text(bytes);
}

clang::Expr* Build::name(clang::ValueDecl* declared) const {
  return sema_.BuildDeclRefExpr(declared, declared->getType().getNonReferenceType(),
                                clang::VK_LValue, at_);
}

clang::Expr* Build::address(clang::ValueDecl* variable) const {
  return usable(sema_.CreateBuiltinUnaryOp(at_, clang::UO_AddrOf, name(variable)));
}

clang::Expr* Build::address_of(clang::Expr* value) const {
  if (value == nullptr) return nullptr;
  return usable(sema_.CreateBuiltinUnaryOp(at_, clang::UO_AddrOf, value));
}

clang::Expr* Build::member(clang::Expr* object, clang::FieldDecl* member) const {
  if (object == nullptr) return nullptr;
  const clang::CXXScopeSpec scope;
  return usable(sema_.BuildFieldReferenceExpr(
      object, /*IsArrow=*/false, at_, scope, member,
      clang::DeclAccessPair::make(member, clang::AS_public),
      clang::DeclarationNameInfo(member->getDeclName(), at_)));
}

clang::Expr* Build::cast(clang::QualType type, clang::Expr* operand) const {
  if (operand == nullptr) return nullptr;
  return usable(
      sema_.BuildCStyleCastExpr(at_, context_.getTrivialTypeSourceInfo(type, at_), at_, operand));
}

clang::Expr* Build::word(clang::Expr* operand) const {
  return cast(context_.getIntTypeForBitwidth(64, /*Signed=*/0), operand);
}

clang::Expr* Build::call(clang::FunctionDecl* function,
                         llvm::ArrayRef<clang::Expr*> arguments) const {
  if (any_null(arguments)) return nullptr;
  llvm::SmallVector<clang::Expr*, 8> owned(arguments.begin(), arguments.end());
  clang::Expr* callee = sema_.BuildDeclRefExpr(
      function, function->getType(),
      sema_.getLangOpts().CPlusPlus ? clang::VK_LValue : clang::VK_PRValue, at_);
  return usable(sema_.BuildCallExpr(nullptr, callee, at_, owned, at_));
}

clang::Expr* Build::member_named(clang::Expr* object, clang::DeclarationName member) const {
  if (object == nullptr) return nullptr;
  clang::CXXScopeSpec scope;
  const clang::DeclarationNameInfo name(member, at_);
  return usable(
      sema_.BuildMemberReferenceExpr(object, object->getType(), at_, /*IsArrow=*/false, scope,
                                     clang::SourceLocation(), nullptr, name, nullptr, nullptr));
}

clang::Expr* Build::member_named(clang::Expr* object, const char* member) const {
  return member_named(object, clang::DeclarationName(&context_.Idents.get(member)));
}

clang::Expr* Build::call_member(clang::Expr* object, clang::DeclarationName method) const {
  clang::Expr* member = member_named(object, method);
  if (member == nullptr) return nullptr;
  return usable(sema_.BuildCallExpr(nullptr, member, at_, {}, at_));
}

clang::Expr* Build::call_member(clang::Expr* object, const char* method) const {
  return call_member(object, clang::DeclarationName(&context_.Idents.get(method)));
}

clang::Expr* Build::call_operator(clang::Expr* object, clang::OverloadedOperatorKind which) const {
  return call_member(object, context_.DeclarationNames.getCXXOperatorName(which));
}

// std::function<index>(argument)
clang::Expr* Build::call_std(const char* function, std::uint64_t index,
                             clang::Expr* argument) const {
  clang::NamespaceDecl* space = sema_.getStdNamespace();
  if (argument == nullptr || space == nullptr) return nullptr;
  clang::LookupResult found(sema_, &context_.Idents.get(function), at_,
                            clang::Sema::LookupOrdinaryName);
  sema_.LookupQualifiedName(found, space);
  clang::CXXScopeSpec scope;
  scope.Extend(context_, space, at_, at_);
  clang::Expr* number = integer(index, 64);
  clang::TemplateArgumentListInfo arguments(at_, at_);
  arguments.addArgument(clang::TemplateArgumentLoc(clang::TemplateArgument(number), number));
  clang::Expr* callee = usable(sema_.BuildTemplateIdExpr(scope, at_, found, /*RequiresADL=*/false,
                                                         &arguments));
  if (callee == nullptr) return nullptr;
  return usable(sema_.BuildCallExpr(nullptr, callee, at_, argument, at_));
}

clang::Expr* Build::call_found(clang::LookupResult& found,
                               llvm::ArrayRef<clang::Expr*> arguments) const {
  if (found.empty() || any_null(arguments)) return nullptr;
  clang::Expr* callee = usable(
      sema_.BuildDeclarationNameExpr(clang::CXXScopeSpec(), found, /*NeedsADL=*/false));
  if (callee == nullptr) return nullptr;
  llvm::SmallVector<clang::Expr*, 8> owned(arguments.begin(), arguments.end());
  return usable(sema_.BuildCallExpr(nullptr, callee, at_, owned, at_));
}

clang::Expr* Build::call_named(const char* function,
                               llvm::ArrayRef<clang::Expr*> arguments) const {
  clang::LookupResult found(sema_, &context_.Idents.get(function), at_,
                            clang::Sema::LookupOrdinaryName);
  if (sema_.getLangOpts().CPlusPlus)
    sema_.LookupQualifiedName(found, context_.getTranslationUnitDecl());
  else
    sema_.LookupName(found, sema_.TUScope);
  return call_found(found, arguments);
}

clang::Expr* Build::call_in(clang::NamespaceDecl* space, const char* function,
                            llvm::ArrayRef<clang::Expr*> arguments) const {
  if (space == nullptr) return nullptr;
  clang::LookupResult found(sema_, &context_.Idents.get(function), at_,
                            clang::Sema::LookupOrdinaryName);
  sema_.LookupQualifiedName(found, space);
  return call_found(found, arguments);
}

clang::Expr* Build::dereference(clang::Expr* pointer) const {
  if (pointer == nullptr) return nullptr;
  return usable(sema_.CreateBuiltinUnaryOp(at_, clang::UO_Deref, pointer));
}

clang::Expr* Build::decay(clang::Expr* array) const {
  if (array == nullptr) return nullptr;
  return usable(sema_.DefaultFunctionArrayConversion(array));
}

clang::Expr* Build::step(clang::Expr* number, clang::UnaryOperatorKind which) const {
  if (number == nullptr) return nullptr;
  return usable(sema_.CreateBuiltinUnaryOp(at_, which, number));
}

clang::Expr* Build::binary(clang::BinaryOperatorKind which, clang::Expr* one,
                           clang::Expr* other) const {
  if (any_null({one, other})) return nullptr;
  return usable(sema_.CreateBuiltinBinOp(at_, which, one, other));
}

clang::Expr* Build::nothing() const { return cast(context_.VoidTy, integer(0)); }

clang::Expr* Build::choose(clang::Expr* condition, clang::Expr* yes, clang::Expr* no) const {
  if (any_null({condition, yes, no})) return nullptr;
  return usable(sema_.ActOnConditionalOp(at_, at_, condition, yes, no));
}

clang::Expr* Build::assign(clang::VarDecl* variable, clang::Expr* value) const {
  clang::Expr* target = name(variable);
  if (target == nullptr || value == nullptr) return nullptr;
  return usable(sema_.CreateBuiltinBinOp(at_, clang::BO_Assign, target, value));
}

clang::Expr* Build::list(llvm::ArrayRef<clang::Expr*> elements) const {
  if (any_null(elements)) return nullptr;
  llvm::SmallVector<clang::Expr*, 16> owned(elements.begin(), elements.end());
  return usable(sema_.ActOnInitList(at_, owned, at_));
}

clang::VarDecl* Build::make_variable(clang::DeclContext* where, const std::string& name,
                                     clang::QualType type, clang::StorageClass storage) const {
  auto* made = clang::VarDecl::Create(context_, where, at_, at_, &context_.Idents.get(name), type,
                                      context_.getTrivialTypeSourceInfo(type, at_), storage);
  made->setImplicit();
  made->addAttr(clang::NoDebugAttr::CreateImplicit(context_));
  made->addAttr(clang::UnusedAttr::CreateImplicit(context_));
  // Every shared object has its own copy: no GOT, no dynamic symbol, no interposition.
  if (storage == clang::SC_Static && where->isFunctionOrMethod())
    made->addAttr(clang::VisibilityAttr::CreateImplicit(context_, clang::VisibilityAttr::Hidden));
  made->setReferenced();
  made->markUsed(context_);
  return made;
}

clang::VarDecl* Build::variable(clang::DeclContext* where, const std::string& name,
                                clang::QualType type, clang::StorageClass storage,
                                clang::Expr* initialiser) const {
  if (initialiser == nullptr) return nullptr;
  clang::VarDecl* made = make_variable(where, name, type, storage);
  sema_.AddInitializerToDecl(made, initialiser, /*DirectInit=*/false);
  return made->isInvalidDecl() ? nullptr : made;
}

clang::VarDecl* Build::unset_variable(clang::DeclContext* where, const std::string& name,
                                      clang::QualType type) const {
  clang::VarDecl* made = make_variable(where, name, type, clang::SC_None);
  sema_.ActOnUninitializedDecl(made);
  return made->isInvalidDecl() ? nullptr : made;
}

clang::VarDecl* Build::guard(clang::DeclContext* where, const std::string& name, clang::QualType type,
                             clang::Expr* initialiser, clang::FunctionDecl* leave) const {
  clang::VarDecl* made = leave == nullptr ? nullptr : variable(where, name, type, clang::SC_None, initialiser);
  if (made == nullptr) return nullptr;
  sema_.MarkFunctionReferenced(at_, leave);
  made->addAttr(clang::CleanupAttr::CreateImplicit(context_, leave));
  return made;
}

// The value was converted to the type when the statement was made: Sema has nothing to add but the
// destructor.
clang::VarDecl* Build::hold(clang::DeclContext* where, const std::string& name, clang::QualType type,
                            clang::Expr* result) const {
  clang::VarDecl* made = make_variable(where, name, type, clang::SC_None);
  made->setInit(result);
  made->setInitStyle(clang::VarDecl::CInit);
  if (const clang::RecordType* record = type->getAs<clang::RecordType>();
      record != nullptr && sema_.getLangOpts().CPlusPlus) {
    made->setNRVOVariable(true);
    sema_.FinalizeVarWithDestructor(made, record);
  }
  return made->isInvalidDecl() ? nullptr : made;
}

clang::Expr* Build::load(clang::Expr* lvalue) const {
  return lvalue == nullptr ? nullptr : usable(sema_.DefaultLvalueConversion(lvalue));
}

clang::Stmt* Build::declare(llvm::ArrayRef<clang::Decl*> several) const {
  llvm::SmallVector<clang::Decl*, 4> owned(several.begin(), several.end());
  return new (context_)
      clang::DeclStmt(clang::DeclGroupRef::Create(context_, owned.data(), owned.size()), at_, at_);
}

clang::Expr* Build::evaluate(llvm::ArrayRef<clang::Stmt*> statements) const {
  if (llvm::is_contained(statements, nullptr)) return nullptr;
  clang::Stmt* whole = clang::CompoundStmt::Create(context_, statements, {}, at_, at_);
  // BuildStmtExpr ends the context that the parser begins with the first brace.
  sema_.PushExpressionEvaluationContext(sema_.ExprEvalContexts.back().Context);
  return usable(sema_.BuildStmtExpr(at_, whole, at_, /*TemplateDepth=*/0));
}

clang::Stmt* Build::declare(clang::VarDecl* variable) const {
  return new (context_) clang::DeclStmt(clang::DeclGroupRef(variable), at_, at_);
}

clang::Stmt* Build::statement(clang::Expr* whole) const {
  if (whole == nullptr) return nullptr;
  return usable(sema_.ActOnFinishFullExpr(whole, at_, /*DiscardedValue=*/true));
}

clang::Stmt* Build::block(llvm::ArrayRef<clang::Stmt*> statements) const {
  if (statements.size() == 1) return statements[0];
  return clang::CompoundStmt::Create(context_, statements, {}, at_, at_);
}

clang::Expr* Build::condition(clang::Expr* tested) const {
  if (tested == nullptr) return nullptr;
  const auto made =
      sema_.ActOnCondition(nullptr, at_, tested, clang::Sema::ConditionKind::Boolean);
  return made.isInvalid() ? nullptr : made.get().second;
}

clang::Stmt* Build::when(clang::Expr* tested, clang::Stmt* then) const {
  tested = condition(tested);
  if (tested == nullptr || then == nullptr) return nullptr;
  return clang::IfStmt::Create(context_, at_, clang::IfStatementKind::Ordinary, nullptr, nullptr,
                               tested, at_, at_, then);
}

clang::Stmt* Build::when(clang::Expr* tested, clang::Stmt* then, clang::Stmt* otherwise) const {
  tested = condition(tested);
  if (tested == nullptr || then == nullptr || otherwise == nullptr) return nullptr;
  return clang::IfStmt::Create(context_, at_, clang::IfStatementKind::Ordinary, nullptr, nullptr,
                               tested, at_, at_, then, at_, otherwise);
}

// for (; number; --number) body
clang::Stmt* Build::count_down(clang::VarDecl* number, clang::Stmt* body) const {
  clang::Expr* left = condition(name(number));
  clang::Expr* less = step(name(number), clang::UO_PreDec);
  if (left == nullptr || less == nullptr || body == nullptr) return nullptr;
  return new (context_)
      clang::ForStmt(context_, nullptr, left, nullptr, less, body, at_, at_, at_);
}

clang::QualType Build::type_of(clang::RecordDecl* record) const {
  return context_.getRecordType(record);
}

clang::QualType Build::array_of(clang::QualType element, std::uint64_t count) const {
  return context_.getConstantArrayType(element, llvm::APInt(64, count), nullptr,
                                       compat::kNormalArray, 0);
}

}  // namespace autospan::plugin
