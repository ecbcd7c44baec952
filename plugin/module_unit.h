// C++20 module units: the text ahead of the user's first line must not come before `module;`.
#pragma once

#include <clang/Frontend/CompilerInstance.h>

namespace autospan::plugin {

// Whether the main file is a module unit. If it opens with `module;` of its own, that is blanked in
// the buffer the compiler is about to read, byte for byte, because ours now stands before it.
// To be called before the main file is entered.
bool open_module_unit(clang::CompilerInstance& compiler);

}  // namespace autospan::plugin
