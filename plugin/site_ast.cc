// See site_ast.h.
#include "site_ast.h"

#include <autospan/abi.h>
#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>

namespace autospan::plugin {
namespace {

// A static at the top of the translation unit, announced to code generation. The dot keeps its
// name apart from any the user can write.
clang::VarDecl* unit_static(const Build& build, const std::string& name, clang::QualType type,
                            clang::Expr* initialiser, UnitState* unit) {
  clang::DeclContext* top = build.context().getTranslationUnitDecl();
  clang::VarDecl* made =
      build.variable(top, name + "." + unit->salt + std::to_string(unit->statics++), type,
                     clang::SC_Static, initialiser);
  if (made == nullptr) return nullptr;
  top->addHiddenDecl(made);
  build.sema().Consumer.HandleTopLevelDecl(clang::DeclGroupRef(made));
  return made;
}

// {name, aux, aux_count, type, flags, reserved}
clang::Expr* param_row(const Build& build, const Vocabulary& words, const FieldPlan& field,
                       UnitState* unit) {
  clang::Expr* aux = build.integer(0);
  if (field.type == AUTOSPAN_OPAQUE) aux = build.text_or_null(field.value.type_name);
  if (field.type == AUTOSPAN_ENUM) {
    clang::VarDecl* table = enum_table(build, words, field.value, unit);
    if (table == nullptr) return nullptr;
    aux = build.name(table);
  }
  return build.list({build.text(field.key), aux, build.integer(field.value.enumerators.size()),
                     build.integer(field.type),
                     build.integer((field.maybe ? AUTOSPAN_MAYBE : 0) | (field.later ? AUTOSPAN_LATER : 0)),
                     build.integer(0)});
}

// {id, bytes, kind, flags, name, function, file, service, params, line, param_count, span_kind,
// reserved, min_duration_us}
clang::Expr* site_row(const Build& build, const SpanPlan& plan, clang::VarDecl* params) {
  return build.list(
      {build.integer(0), build.integer(sizeof(autospan_v1_site)), build.integer(AUTOSPAN_SITE_SPAN),
       build.integer((plan.root ? AUTOSPAN_SITE_ROOT : 0) | (plan.cpu ? AUTOSPAN_SITE_CPU : 0) |
                     (plan.asks ? AUTOSPAN_SITE_ASKS : 0) | (plan.stack ? AUTOSPAN_SITE_STACK : 0)),
       build.text(plan.name),
       build.text_or_null(plan.function), build.text_or_null(plan.file),
       build.text_or_null(plan.service), params == nullptr ? build.integer(0) : build.name(params),
       build.integer(plan.line),
       build.integer(plan.fields.size() + plan.returned.fields.size()),
       build.integer(plan.client ? AUTOSPAN_KIND_CLIENT : AUTOSPAN_KIND_INTERNAL), build.integer(0), build.integer(plan.min_duration_us)});
}

}  // namespace

clang::VarDecl* enum_table(const Build& build, const Vocabulary& words, const ValueFacts& value,
                           UnitState* unit) {
  std::string key;
  for (const Enumerator& one : value.enumerators)
    key += one.name + "=" + std::to_string(one.value) + "\n";
  auto& table = unit->enum_tables[key];
  if (table != nullptr) return table;
  llvm::SmallVector<clang::Expr*, 32> rows;
  for (const Enumerator& one : value.enumerators)
    rows.push_back(build.list(
        {build.integer(static_cast<std::uint64_t>(one.value), 64), build.text(one.name)}));
  const clang::QualType type =
      build.array_of(build.type_of(words.enum_name).withConst(), rows.size());
  table = unit_static(build, "__autospan_enum", type, build.list(rows), unit);
  return table;
}

SiteDecls make_site(const Build& build, const Vocabulary& words, const SpanPlan& plan,
                    clang::FunctionDecl* function, UnitState* unit) {
  SiteDecls made;
  const auto add_static = [&](const char* name, clang::QualType type, clang::Expr* initialiser) {
    if (function->isConstexpr() || function->isImplicit())
      return unit_static(build, name, type, initialiser, unit);
    clang::VarDecl* local = build.variable(function, name, type, clang::SC_Static, initialiser);
    if (local != nullptr) made.local.push_back(local);
    return local;
  };

  clang::VarDecl* params = nullptr;
  if (!plan.fields.empty() || !plan.returned.fields.empty()) {
    llvm::SmallVector<clang::Expr*, 8> rows;
    for (const FieldPlan& field : plan.fields) rows.push_back(param_row(build, words, field, unit));
    for (const FieldPlan& field : plan.returned.fields)
      rows.push_back(param_row(build, words, field, unit));
    const clang::QualType type =
        build.array_of(build.type_of(words.param).withConst(), rows.size());
    params = add_static("__autospan_params", type, build.list(rows));
    if (params == nullptr) return {};
  }
  made.site =
      add_static("__autospan_site", build.type_of(words.site), site_row(build, plan, params));
  return made;
}

}  // namespace autospan::plugin
