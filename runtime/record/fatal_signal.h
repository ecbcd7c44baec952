// The last words of a process that a signal kills.
#pragma once

#include "record/process.h"

namespace autospan::record {

// Watches SEGV BUS ILL FPE ABRT TRAP SYS where their disposition is the default. With the lock held.
void watch_fatal_signals(Process& p);
// Where the overflow of a stack is watched: an alternate stack for the calling thread, if it has none.
void give_signal_stack(Process& p);

}  // namespace autospan::record
