// Stacks as return addresses: what a span that asked for it says of the exception that left it.
#pragma once

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

}  // namespace autospan::record
