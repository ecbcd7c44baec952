// The declarations of inject.h as the AST holds them, found once by name.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Sema/Sema.h>

#include <string>

namespace autospan::plugin {

struct Vocabulary {
  clang::RecordDecl* site = nullptr;
  clang::RecordDecl* param = nullptr;
  clang::RecordDecl* enum_name = nullptr;
  clang::RecordDecl* slot = nullptr;
  clang::RecordDecl* json = nullptr;  // where inject_json.h was read
  clang::FunctionDecl* enter_0 = nullptr;
  clang::FunctionDecl* enter_w = nullptr;
  clang::FunctionDecl* enter_ww = nullptr;
  clang::FunctionDecl* enter_s = nullptr;
  clang::FunctionDecl* enter_ws = nullptr;
  clang::FunctionDecl* enter_n = nullptr;
  clang::FunctionDecl* leave = nullptr;
  clang::FunctionDecl* returned = nullptr;
  clang::FunctionDecl* fail = nullptr;
  clang::FunctionDecl* armed = nullptr;
  clang::FunctionDecl* strnlen = nullptr;
  clang::FunctionDecl* word_f32 = nullptr;
  clang::FunctionDecl* word_f64 = nullptr;
  clang::FunctionDecl* slot_none = nullptr;
  clang::FunctionDecl* slot_word = nullptr;
  clang::FunctionDecl* slot_text = nullptr;
  clang::FunctionDecl* slot_cstring = nullptr;
  clang::FunctionDecl* slot_cut = nullptr;
  clang::FunctionDecl* word_bytes = nullptr;
  clang::FunctionDecl* word_bits = nullptr;
  clang::FunctionDecl* nanoseconds = nullptr;
  clang::FunctionDecl* nanoseconds_real = nullptr;
  clang::FunctionDecl* field_key = nullptr;
  clang::FunctionDecl* constant = nullptr;    // C++11 and later
  clang::RecordDecl* coroutine = nullptr;              // where there are coroutines
  clang::FunctionDecl* coroutine_begin = nullptr;
  clang::FunctionDecl* coroutine_open = nullptr;
  clang::FunctionDecl* coroutine_ready = nullptr;
  clang::FunctionDecl* coroutine_back = nullptr;
  clang::FunctionDecl* coroutine_leave = nullptr;
  clang::FunctionDecl* coroutine_finish = nullptr;
  clang::FunctionDecl* slot_wide = nullptr;   // where there is an __int128
  clang::FunctionDecl* slot_uwide = nullptr;
};

// False where inject.h was not read into this translation unit.
bool find_vocabulary(clang::Sema& sema, Vocabulary* words);

}  // namespace autospan::plugin
