// The exceptions that this thread threw, as far as the hooks overheard them.
#pragma once

#include <stddef.h>

namespace autospan::record {

struct TypeInfo {      // std::type_info
  void* const* vtable;
  const char* name;    // mangled; a leading '*' says that the pointer alone identifies the type
};
struct Thrown {
  void* object;
  const TypeInfo* type;
};

// Called where an exception begins its flight, before it is counted. A null type = unknown. `from`: what
// the throwing function is returned to by; null = it is not known.
void remember_exception(void* object, const void* type, const void* from = nullptr);

// What the innermost of `uncaught` exceptions in flight says of itself, null where it is not known; and where it
// was thrown first, unless nobody asked for stacks then or another one was thrown since.
struct Stack;
struct ThrownFacts {
  const char* type;     // mangled
  const char* message;  // std::exception's what()
  const Stack* stack;
};
ThrownFacts thrown_facts(unsigned uncaught);

// True where every throw of the process comes by here, so that the hot path need not look. False in
// the static archive, or where another definition of __cxa_throw stands before ours.
bool exceptions_overheard();

}  // namespace autospan::record
