// See vocabulary.h.
#include "vocabulary.h"

#include <clang/AST/ASTContext.h>
#include <clang/Sema/Lookup.h>

namespace autospan::plugin {
namespace {

clang::NamedDecl* look_up(clang::Sema& sema, const char* name, clang::Sema::LookupNameKind kind) {
  return sema.LookupSingleName(sema.TUScope, &sema.Context.Idents.get(name),
                               clang::SourceLocation(), kind);
}

struct Type {
  const char* name;
  clang::RecordDecl* Vocabulary::* where;
};
constexpr Type kTypes[] = {
    {"__autospan_site", &Vocabulary::site},           {"__autospan_param", &Vocabulary::param},
    {"__autospan_enum_name", &Vocabulary::enum_name},
    {"__autospan_slot", &Vocabulary::slot},
};

struct Function {
  const char* name;
  clang::FunctionDecl* Vocabulary::* where;
};
constexpr Function kFunctions[] = {
    {"__autospan_enter_0", &Vocabulary::enter_0},
    {"__autospan_enter_w", &Vocabulary::enter_w},
    {"__autospan_enter_ww", &Vocabulary::enter_ww},
    {"__autospan_enter_s", &Vocabulary::enter_s},
    {"__autospan_enter_ws", &Vocabulary::enter_ws},
    {"__autospan_enter_n", &Vocabulary::enter_n},
    {"__autospan_armed", &Vocabulary::armed},
    {"__autospan_leave", &Vocabulary::leave},
    {"__autospan_returned", &Vocabulary::returned},
    {"__autospan_fail", &Vocabulary::fail},
    {"__autospan_strnlen", &Vocabulary::strnlen},
    {"__autospan_word_f32", &Vocabulary::word_f32},
    {"__autospan_word_f64", &Vocabulary::word_f64},
    {"__autospan_slot_none", &Vocabulary::slot_none},
    {"__autospan_slot_word", &Vocabulary::slot_word},
    {"__autospan_slot_text", &Vocabulary::slot_text},
    {"__autospan_slot_cstring", &Vocabulary::slot_cstring},
    {"__autospan_slot_cut", &Vocabulary::slot_cut},
    {"__autospan_word_bytes", &Vocabulary::word_bytes},
    {"__autospan_word_bits", &Vocabulary::word_bits},
    {"__autospan_nanoseconds", &Vocabulary::nanoseconds},
    {"__autospan_nanoseconds_real", &Vocabulary::nanoseconds_real},
    {"__autospan_field_key", &Vocabulary::field_key},
};
// Not in every language, nor on every machine.
constexpr Function kPerhaps[] = {
    {"__autospan_constant", &Vocabulary::constant},
    {"__autospan_coroutine_begin", &Vocabulary::coroutine_begin},
    {"__autospan_coroutine_open", &Vocabulary::coroutine_open},
    {"__autospan_coroutine_ready", &Vocabulary::coroutine_ready},
    {"__autospan_coroutine_back", &Vocabulary::coroutine_back},
    {"__autospan_coroutine_leave", &Vocabulary::coroutine_leave},
    {"__autospan_coroutine_finish", &Vocabulary::coroutine_finish},
    {"__autospan_slot_wide", &Vocabulary::slot_wide},
    {"__autospan_slot_uwide", &Vocabulary::slot_uwide},
};

}  // namespace

bool find_vocabulary(clang::Sema& sema, Vocabulary* words) {
  for (const Type& type : kTypes) {
    auto* found = llvm::dyn_cast_or_null<clang::RecordDecl>(
        look_up(sema, type.name, clang::Sema::LookupTagName));
    if (found == nullptr || found->getDefinition() == nullptr) return false;
    words->*type.where = found->getDefinition();
  }
  for (const Function& function : kFunctions) {
    words->*function.where = llvm::dyn_cast_or_null<clang::FunctionDecl>(
        look_up(sema, function.name, clang::Sema::LookupOrdinaryName));
    if (words->*function.where == nullptr) return false;
  }
  words->json = llvm::dyn_cast_or_null<clang::RecordDecl>(
      look_up(sema, "__autospan_json", clang::Sema::LookupTagName));
  words->coroutine = llvm::dyn_cast_or_null<clang::RecordDecl>(
      look_up(sema, "__autospan_coroutine", clang::Sema::LookupTagName));
  for (const Function& function : kPerhaps)
    words->*function.where = llvm::dyn_cast_or_null<clang::FunctionDecl>(
        look_up(sema, function.name, clang::Sema::LookupOrdinaryName));
  return true;
}

}  // namespace autospan::plugin
