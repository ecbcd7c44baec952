// The name of the function at an address, from the ELF symbol table of the module that holds it:
// static functions too, which dladdr does not know. Libc only; used once a function.
#pragma once

#include <stddef.h>

namespace autospan::hooks {

// Writes the name (mangled, as the table has it) into `out`, cut to its size. False where the module
// cannot be read or was stripped of it.
bool symbol_name(const void* address, char* out, size_t bytes);

}  // namespace autospan::hooks
