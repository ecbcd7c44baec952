// A small vocabulary for building AST nodes through Sema. Every function returns null where Sema
// refused; a null operand gives a null result, so that callers check once at the end.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/Sema/Sema.h>

#include <cstdint>
#include <string>

namespace autospan::plugin {

class Build {
 public:
  Build(clang::Sema& sema, clang::SourceLocation at)
      : sema_(sema), context_(sema.getASTContext()), at_(at) {}

  clang::Sema& sema() const { return sema_; }
  clang::ASTContext& context() const { return context_; }
  clang::SourceLocation at() const { return at_; }

  // Expressions.
  clang::Expr* integer(std::uint64_t value, unsigned bits = 32) const;
  clang::Expr* text(const std::string& bytes) const;  // a string literal
  clang::Expr* text_or_null(const std::string& bytes) const;
  clang::Expr* name(clang::ValueDecl* declared) const;
  clang::Expr* address(clang::ValueDecl* variable) const;
  clang::Expr* address_of(clang::Expr* value) const;  // whatever its operator& does
  clang::Expr* member(clang::Expr* object, clang::FieldDecl* member) const;
  clang::Expr* cast(clang::QualType type, clang::Expr* operand) const;
  clang::Expr* word(clang::Expr* operand) const;  // (uint64_t)operand
  clang::Expr* call(clang::FunctionDecl* function, llvm::ArrayRef<clang::Expr*> arguments) const;
  clang::Expr* call_member(clang::Expr* object, const char* method) const;
  clang::Expr* call_operator(clang::Expr* object, clang::OverloadedOperatorKind which) const;
  clang::Expr* call_std(const char* function, std::uint64_t index, clang::Expr* argument) const;
  // Of inject.h or inject_json.h; also a template.
  clang::Expr* call_named(const char* function, llvm::ArrayRef<clang::Expr*> arguments) const;
  clang::Expr* call_in(clang::NamespaceDecl* space, const char* function,
                       llvm::ArrayRef<clang::Expr*> arguments) const;
  clang::Expr* member_named(clang::Expr* object, const char* member) const;
  clang::Expr* decay(clang::Expr* array) const;
  clang::Expr* load(clang::Expr* lvalue) const;
  clang::Expr* step(clang::Expr* number, clang::UnaryOperatorKind which) const;
  clang::Expr* dereference(clang::Expr* pointer) const;
  clang::Expr* binary(clang::BinaryOperatorKind which, clang::Expr* one, clang::Expr* other) const;
  clang::Expr* nothing() const;  // (void)0
  clang::Expr* choose(clang::Expr* condition, clang::Expr* yes, clang::Expr* no) const;
  clang::Expr* assign(clang::VarDecl* variable, clang::Expr* value) const;
  clang::Expr* list(llvm::ArrayRef<clang::Expr*> elements) const;

  // Variables, hidden from lookup and from the debugger. Null where the initialiser was refused.
  clang::VarDecl* variable(clang::DeclContext* where, const std::string& name, clang::QualType type,
                           clang::StorageClass storage, clang::Expr* initialiser) const;
  clang::VarDecl* unset_variable(clang::DeclContext* where, const std::string& name,
                                 clang::QualType type) const;
  // One that calls `leave` with its address when its scope is left, by whatever way.
  clang::VarDecl* guard(clang::DeclContext* where, const std::string& name, clang::QualType type,
                        clang::Expr* initialiser, clang::FunctionDecl* leave) const;
  // What a return statement gives, held in a variable: a class is built in the place of the result.
  clang::VarDecl* hold(clang::DeclContext* where, const std::string& name, clang::QualType type,
                       clang::Expr* result) const;
  clang::Stmt* declare(clang::VarDecl* variable) const;
  clang::Stmt* declare(llvm::ArrayRef<clang::Decl*> several) const;
  clang::Expr* evaluate(llvm::ArrayRef<clang::Stmt*> statements) const;  // ({…})
  clang::Stmt* statement(clang::Expr* whole) const;
  clang::Stmt* block(llvm::ArrayRef<clang::Stmt*> statements) const;
  clang::Stmt* when(clang::Expr* condition, clang::Stmt* then) const;
  clang::Stmt* when(clang::Expr* condition, clang::Stmt* then, clang::Stmt* otherwise) const;
  clang::Stmt* count_down(clang::VarDecl* number, clang::Stmt* body) const;

  clang::QualType type_of(clang::RecordDecl* record) const;
  clang::QualType array_of(clang::QualType element, std::uint64_t count) const;

 private:
  clang::Expr* call_member(clang::Expr* object, clang::DeclarationName method) const;
  clang::Expr* member_named(clang::Expr* object, clang::DeclarationName member) const;
  clang::Expr* call_found(clang::LookupResult& found, llvm::ArrayRef<clang::Expr*> arguments) const;
  clang::Expr* condition(clang::Expr* tested) const;
  clang::VarDecl* make_variable(clang::DeclContext* where, const std::string& name,
                                clang::QualType type, clang::StorageClass storage) const;

  clang::Sema& sema_;
  clang::ASTContext& context_;
  clang::SourceLocation at_;
};

}  // namespace autospan::plugin
