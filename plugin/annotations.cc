// See annotations.h.
#include "annotations.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/DiagnosticSema.h>
#include <clang/Basic/ParsedAttrInfo.h>
#include <clang/Sema/ParsedAttr.h>
#include <clang/Sema/Sema.h>

#include "compat.h"

namespace autospan::plugin {
namespace {

// What the SuppressAttr holds: no checker of the static analyser is called so.
constexpr const char kSpan[] = "autospan\x01span";
constexpr const char kSkip[] = "autospan\x01skip";
constexpr const char kRoot[] = "autospan\x01root";
constexpr const char kRedact[] = "autospan\x01redact";

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
            llvm::StringRef what, llvm::StringRef name = {}) {
  llvm::StringRef words[] = {what, name};
  declared->addAttr(clang::SuppressAttr::CreateImplicit(sema.Context, words, name.empty() ? 1 : 2,
                                                        attribute.getRange()));
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
    attach(sema, declared, attribute, kSpan, text->getString());
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
    attach(sema, declared, attribute, kRedact);
    return AttributeApplied;
  }
};

clang::ParsedAttrInfoRegistry::Add<Span> add_span("autospan::span", "makes a span");
clang::ParsedAttrInfoRegistry::Add<Skip> add_skip("autospan::skip", "makes no span");
clang::ParsedAttrInfoRegistry::Add<Root> add_root("autospan::root", "starts a trace");
clang::ParsedAttrInfoRegistry::Add<Redact> add_redact("autospan::redact", "hides a value");

void read(const clang::SuppressAttr* mark, Annotations* annotations) {
  const auto words =
      llvm::ArrayRef(mark->diagnosticIdentifiers_begin(), mark->diagnosticIdentifiers_end());
  if (words.empty()) return;
  if (words[0] == kSkip) annotations->skip = true;
  if (words[0] == kRoot) annotations->span = annotations->root = true;
  if (words[0] != kSpan) return;
  annotations->span = true;
  if (words.size() == 2) annotations->span_name = words[1].str();
}

// A mark may stand on any declaration of a function, and of the template that it was made from.
void read_all(const clang::FunctionDecl* function, Annotations* annotations) {
  for (const clang::FunctionDecl* declared : function->redecls())
    for (const auto* mark : declared->specific_attrs<clang::SuppressAttr>())
      read(mark, annotations);
}

bool is_marked(const clang::Decl* declared) {
  for (const auto* mark : declared->specific_attrs<clang::SuppressAttr>())
    for (llvm::StringRef what : mark->diagnosticIdentifiers())
      if (what == kRedact) return true;
  return false;
}

bool is_marked(const clang::FunctionDecl* function, unsigned index) {
  for (const clang::FunctionDecl* declared : function->redecls())
    if (index < declared->getNumParams() && is_marked(declared->getParamDecl(index))) return true;
  return false;
}

}  // namespace

Annotations annotations_of(const clang::FunctionDecl* function) {
  Annotations annotations;
  read_all(function, &annotations);
  if (const clang::FunctionDecl* pattern = function->getTemplateInstantiationPattern())
    read_all(pattern, &annotations);
  return annotations;
}

bool is_marked_redact(const clang::ParmVarDecl* param) {
  const auto* function = llvm::dyn_cast<clang::FunctionDecl>(param->getDeclContext());
  if (is_marked(param) || function == nullptr) return is_marked(param);
  const unsigned index = param->getFunctionScopeIndex();
  if (is_marked(function, index)) return true;
  // A pack's expansion moves what stands behind it.
  const clang::FunctionDecl* pattern = function->getTemplateInstantiationPattern();
  return pattern != nullptr && pattern->getNumParams() == function->getNumParams() &&
         is_marked(pattern, index);
}

bool is_marked_redact(const clang::FieldDecl* member) { return is_marked(member); }

}  // namespace autospan::plugin
