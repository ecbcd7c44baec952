// See gather.h.
#include "gather.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>

#include "annotations.h"
#include "classify.h"
#include "compat.h"
#include "measure.h"
#include "names.h"
#include "returned.h"
#include "source_place.h"

namespace autospan::plugin {
namespace {

// Called while a span is opened, or what opens it: a span of their own would never end.
constexpr llvm::StringLiteral kOurPrefixes[] = {"autospan_v1_", "__autospan_",
                                                "__cyg_profile_func_"};
constexpr llvm::StringLiteral kAllocators[] = {
    "malloc",   "calloc", "realloc", "reallocarray", "free",   "aligned_alloc", "posix_memalign",
    "memalign", "valloc", "pvalloc", "strnlen",      "strlen", "memcpy",        "memset"};

bool is_allocation(const clang::FunctionDecl* function) {
  switch (function->getOverloadedOperator()) {
    case clang::OO_New:
    case clang::OO_Array_New:
    case clang::OO_Delete:
    case clang::OO_Array_Delete:
      return true;
    default:
      break;
  }
  if (function->getBuiltinID() != 0) return true;  // the program's own memcpy, malloc, …
  const clang::IdentifierInfo* name = function->getIdentifier();
  if (name == nullptr || !function->isExternC()) return false;
  for (llvm::StringRef known : kAllocators)
    if (name->getName() == known) return true;
  return false;
}

// In namespace autospan: what TRACE_SPAN and its family expand to.
bool in_our_namespace(const clang::FunctionDecl* function) {
  for (const clang::DeclContext* scope = function->getDeclContext(); scope != nullptr;
       scope = scope->getParent()) {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope);
    if (space != nullptr && space->getParent()->isTranslationUnit())
      return space->getName() == "autospan";
  }
  return false;
}

bool is_ours(const clang::FunctionDecl* function) {
  if (in_our_namespace(function)) return true;
  const clang::IdentifierInfo* name = function->getIdentifier();
  if (name == nullptr) return false;
  if (name->getName() == "autospan_fields") return true;  // the user's capture hook
  for (llvm::StringRef prefix : kOurPrefixes)
    if (name->getName().starts_with(prefix)) return true;
  return false;
}

const char* find_obstacle(const clang::FunctionDecl* function) {
  if (function->isDeleted()) return "is deleted";
  if (function->isDefaulted()) return "is defaulted";
  if (compat::is_immediate(function)) return "is consteval";
  if (function->hasAttr<clang::NakedAttr>()) return "is naked";
  if (function->hasAttr<clang::IFuncAttr>()) return "is an ifunc";
  if (function->hasAttr<clang::AnyX86InterruptAttr>()) return "is an interrupt handler";
  if (function->hasAttr<clang::NoInstrumentFunctionAttr>())
    return "is marked no_instrument_function";
  if (is_ours(function)) return "is called while spans are recorded";
  if (is_allocation(function)) return "is an allocation or memory function";
  if (has_musttail(function->getBody())) return "has a musttail return";
  return "";
}

bool mentions(const clang::Stmt* statement, const clang::ParmVarDecl* param) {
  if (statement == nullptr) return false;
  if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(statement))
    return reference->getDecl() == param;
  for (const clang::Stmt* child : statement->children())
    if (mentions(child, param)) return true;
  return false;
}

// A constructor's span starts after its initialisers: what they may have moved from is not read.
bool may_be_moved_from(const clang::ParmVarDecl* param) {
  const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(param->getDeclContext());
  if (constructor == nullptr || param->getType()->isLValueReferenceType()) return false;
  if (!param->getType().getNonReferenceType()->isRecordType()) return false;
  for (const clang::CXXCtorInitializer* initialiser : constructor->inits())
    if (initialiser->isWritten() && mentions(initialiser->getInit(), param)) return true;
  return false;
}

// The layout of what is passed by value is made in any case, later. Made first while injecting, where
// diagnostics are quiet, it would swallow -Wpadded.
void lay_out(clang::QualType type, const clang::ASTContext& context) {
  const clang::RecordDecl* record = type->getAsRecordDecl();
  if (record == nullptr || type->isIncompleteType()) return;
  if (!record->getDefinition()->isInvalidDecl()) context.getASTRecordLayout(record);
}

ParamFacts gather_param(const clang::ParmVarDecl* param, unsigned index, clang::Sema& sema,
                        unsigned levels) {
  ParamFacts facts;
  facts.name = param->getName().str();
  facts.index = index;
  facts.redact = is_marked_redact(param);
  // The type as it was written: an array parameter's typedef is lost in the decayed type.
  facts.type_names = names_in_type(param->getOriginalType(), sema.getASTContext());
  lay_out(param->getType(), sema.getASTContext());
  facts.value = classify(param->getType(), sema, levels);
  if (may_be_moved_from(param)) facts.value.kind = ValueKind::kOpaque;
  return facts;
}

}  // namespace

FunctionFacts gather(const clang::FunctionDecl* function) {
  const SourcePlace place = place_of(function->getLocation(), function->getASTContext());
  FunctionFacts facts;
  facts.own_name = own_name(function);
  facts.qualified_name = qualified_name(function);
  facts.file = place.file;
  facts.line = place.line;
  facts.in_system_header = place.in_system_header;
  facts.annotations = annotations_of(function);
  facts.obstacle = find_obstacle(function);
  facts.size = measure(function);
  facts.coroutine = llvm::isa_and_nonnull<clang::CoroutineBodyStmt>(function->getBody());
  return facts;
}

void gather_details(const clang::FunctionDecl* function, clang::Sema& sema, unsigned levels,
                    FunctionFacts* facts) {
  facts->signature = signature(function);
  unsigned index = 0;
  for (const clang::ParmVarDecl* param : function->parameters())
    facts->params.push_back(gather_param(param, index++, sema, levels));
  lay_out(function->getReturnType(), sema.getASTContext());
  facts->returned = gather_returned(function, sema, levels);
}

}  // namespace autospan::plugin
