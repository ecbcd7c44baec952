// See annotations.h.
#include "annotations.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/DiagnosticSema.h>
#include <clang/Basic/ParsedAttrInfo.h>
#include <clang/Sema/ParsedAttr.h>
#include <clang/Sema/Sema.h>

#include <iterator>

#include "compat.h"

namespace autospan::plugin {
namespace {

// What the AnnotateAttr holds: no user's annotation begins so.
constexpr const char kSpan[] = "autospan\x01span";
constexpr const char kSkip[] = "autospan\x01skip";
constexpr const char kRoot[] = "autospan\x01root";
constexpr const char kRedact[] = "autospan\x01redact";
constexpr llvm::StringRef kOurs("autospan\x01");

bool diagnose(clang::Sema& sema, const clang::ParsedAttr& attribute, const char* subjects) {
  const unsigned id = sema.Diags.getCustomDiagID(clang::DiagnosticsEngine::Warning,
                                                 "%0 attribute only applies to %1; ignored");
  sema.Diag(attribute.getLoc(), id) << attribute << subjects;
  return false;
}

// [[span]] is not ours: what clang says without the plugin.
bool ignore_unscoped(clang::Sema& sema, const clang::ParsedAttr& attribute) {
  sema.Diag(attribute.getLoc(), clang::diag::warn_unknown_attribute_ignored)
      << attribute << attribute.getRange();
  return false;
}

bool is_function(const clang::Decl* declared) {
  return llvm::isa<clang::FunctionDecl, clang::FunctionTemplateDecl>(declared);
}

void attach(clang::Sema& sema, clang::Decl* declared, const clang::ParsedAttr& attribute,
            llvm::StringRef what, llvm::MutableArrayRef<clang::Expr*> arguments = {}) {
  declared->addAttr(clang::AnnotateAttr::CreateImplicit(sema.Context, what, arguments.data(),
                                                        arguments.size(), attribute.getRange()));
}

void attach_to_member(clang::Sema& sema, clang::Decl* declared,
                      const clang::ParsedAttr& attribute) {
  llvm::StringRef what[] = {kRedact};
  declared->addAttr(
      clang::SuppressAttr::CreateImplicit(sema.Context, what, 1, attribute.getRange()));
}

template <const char* kCxxName, const char* kWhat>
struct FunctionMark : clang::ParsedAttrInfo {
  FunctionMark() {
    static constexpr Spelling kSpellings[] = {{clang::ParsedAttr::AS_CXX11, kCxxName},
                                              {compat::kC23Spelling, kCxxName}};
    Spellings = kSpellings;
  }
  bool diagAppertainsToDecl(clang::Sema& sema, const clang::ParsedAttr& attribute,
                            const clang::Decl* declared) const override {
    return is_function(declared) || diagnose(sema, attribute, "functions");
  }
  AttrHandling handleDeclAttribute(clang::Sema& sema, clang::Decl* declared,
                                   const clang::ParsedAttr& attribute) const override {
    attach(sema, declared, attribute, kWhat);
    return AttributeApplied;
  }
};

constexpr char kSkipName[] = "autospan::skip";
constexpr char kRootName[] = "autospan::root";
using Skip = FunctionMark<kSkipName, kSkip>;
using Root = FunctionMark<kRootName, kRoot>;

struct Span : clang::ParsedAttrInfo {
  Span() {
    OptArgs = 1;
    // The parser asks for the bare name when it decides whether to read the arguments or to skip
    // them; without the second pair the span's name would be dropped in silence.
    static constexpr Spelling kSpellings[] = {{clang::ParsedAttr::AS_CXX11, "autospan::span"},
                                              {compat::kC23Spelling, "autospan::span"},
                                              {clang::ParsedAttr::AS_CXX11, "span"},
                                              {compat::kC23Spelling, "span"}};
    Spellings = kSpellings;
  }
  bool diagAppertainsToDecl(clang::Sema& sema, const clang::ParsedAttr& attribute,
                            const clang::Decl* declared) const override {
    if (!attribute.hasScope()) return ignore_unscoped(sema, attribute);
    return is_function(declared) || diagnose(sema, attribute, "functions");
  }
  AttrHandling handleDeclAttribute(clang::Sema& sema, clang::Decl* declared,
                                   const clang::ParsedAttr& attribute) const override {
    if (attribute.getNumArgs() == 0) {
      attach(sema, declared, attribute, kSpan);
      return AttributeApplied;
    }
    clang::Expr* name = attribute.isArgExpr(0) ? attribute.getArgAsExpr(0) : nullptr;
    const auto* text =
        name == nullptr ? nullptr : llvm::dyn_cast<clang::StringLiteral>(name->IgnoreParenCasts());
    if (text == nullptr || !text->isOrdinary() || text->getString().empty()) {
      const unsigned id = sema.Diags.getCustomDiagID(
          clang::DiagnosticsEngine::Error, "autospan::span takes the span's name as a string");
      sema.Diag(attribute.getLoc(), id);
      return AttributeNotApplied;
    }
    attach(sema, declared, attribute, kSpan, name);
    return AttributeApplied;
  }
};

struct Redact : clang::ParsedAttrInfo {
  Redact() {
    static constexpr Spelling kSpellings[] = {{clang::ParsedAttr::AS_CXX11, "autospan::redact"},
                                              {compat::kC23Spelling, "autospan::redact"}};
    Spellings = kSpellings;
  }
  bool diagAppertainsToDecl(clang::Sema& sema, const clang::ParsedAttr& attribute,
                            const clang::Decl* declared) const override {
    return llvm::isa<clang::ParmVarDecl, clang::FieldDecl>(declared) ||
           diagnose(sema, attribute, "parameters and members");
  }
  AttrHandling handleDeclAttribute(clang::Sema& sema, clang::Decl* declared,
                                   const clang::ParsedAttr& attribute) const override {
    if (llvm::isa<clang::FieldDecl>(declared))
      attach_to_member(sema, declared, attribute);
    else
      attach(sema, declared, attribute, kRedact);
    return AttributeApplied;
  }
};

clang::ParsedAttrInfoRegistry::Add<Span> add_span("autospan::span", "makes a span");
clang::ParsedAttrInfoRegistry::Add<Skip> add_skip("autospan::skip", "makes no span");
clang::ParsedAttrInfoRegistry::Add<Root> add_root("autospan::root", "starts a trace");
clang::ParsedAttrInfoRegistry::Add<Redact> add_redact("autospan::redact", "hides a value");

void read(const clang::AnnotateAttr* mark, Annotations* annotations) {
  const llvm::StringRef what = mark->getAnnotation();
  if (what == kSkip) annotations->skip = true;
  if (what == kRoot) annotations->span = annotations->root = true;
  if (what != kSpan) return;
  annotations->span = true;
  for (const clang::Expr* argument : mark->args())
    if (const auto* text = llvm::dyn_cast<clang::StringLiteral>(argument->IgnoreParenCasts()))
      annotations->span_name = text->getString().str();
}

void drop(clang::Decl* declared) {
  if (!declared->hasAttrs()) return;
  const auto is_ours = [](const clang::Attr* attribute) {
    const auto* mark = llvm::dyn_cast<clang::AnnotateAttr>(attribute);
    return mark != nullptr && mark->getAnnotation().starts_with(kOurs);
  };
  clang::AttrVec kept;
  std::copy_if(declared->getAttrs().begin(), declared->getAttrs().end(), std::back_inserter(kept),
               [&](const clang::Attr* attribute) { return !is_ours(attribute); });
  if (kept.size() == declared->getAttrs().size()) return;
  declared->dropAttrs();
  if (!kept.empty()) declared->setAttrs(kept);
}

}  // namespace

Annotations annotations_of(const clang::FunctionDecl* function) {
  Annotations annotations;
  // A mark may stand on any redeclaration; clang merges it into later ones only.
  for (const clang::FunctionDecl* declared : function->redecls())
    for (const auto* mark : declared->specific_attrs<clang::AnnotateAttr>())
      read(mark, &annotations);
  return annotations;
}

bool is_marked_redact(const clang::ParmVarDecl* param) {
  const auto marked = [](const clang::ParmVarDecl* one) {
    for (const auto* mark : one->specific_attrs<clang::AnnotateAttr>())
      if (mark->getAnnotation() == kRedact) return true;
    return false;
  };
  const auto* function = llvm::dyn_cast<clang::FunctionDecl>(param->getDeclContext());
  if (marked(param) || function == nullptr) return marked(param);
  const unsigned index = param->getFunctionScopeIndex();
  for (const clang::FunctionDecl* declared : function->redecls())
    if (index < declared->getNumParams() && marked(declared->getParamDecl(index))) return true;
  return false;
}

bool is_marked_redact(const clang::FieldDecl* member) {
  for (const auto* mark : member->specific_attrs<clang::SuppressAttr>())
    for (llvm::StringRef what : mark->diagnosticIdentifiers())
      if (what == kRedact) return true;
  return false;
}

void drop_annotations(clang::FunctionDecl* function) {
  drop(function);
  for (clang::ParmVarDecl* param : function->parameters()) drop(param);
}

}  // namespace autospan::plugin
