// Stacks as return addresses: what a span that asked for it says of the exception that left it.
#pragma once

#include "record/exception.h"
#include "record/writer.h"

namespace autospan::record {

inline constexpr uint32_t kStackFrames = 32;
struct Stack {
  uint32_t count;
  uint64_t addresses[kStackFrames];  // innermost first
};

// Asks the loader for the unwinder, which takes its lock. With no lock held.
void prepare_stacks();
// True once a site that asks for stacks was registered.
extern bool g_stacks_wanted;
// From the frame that returns to `from` outwards; where that is not met, from the caller. Without an unwinder,
// as in a C program, none.
void walk_stack(Stack& stack, const void* from);
// Their modules into the ring's table, so that a reader can name them.
void note_modules_of(const Stack& stack);

// The exception that leaves a span, as texts of that span: note(key, bytes, length).
template <class Note>
void tell_exception(unsigned uncaught, bool with_stack, Note note) {
  const ThrownFacts thrown = thrown_facts(uncaught);
  if (thrown.type) note(ring::kKeyExceptionType, thrown.type, __builtin_strlen(thrown.type));
  if (thrown.message) note(ring::kKeyExceptionMessage, thrown.message, __builtin_strlen(thrown.message));
  if (!with_stack || !thrown.stack) return;
  note_modules_of(*thrown.stack);
  note(ring::kKeyStack, reinterpret_cast<const char*>(thrown.stack->addresses), thrown.stack->count * 8);
}

}  // namespace autospan::record
