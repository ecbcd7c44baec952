// The file's clock: which one, how fast it goes, and what the other clocks say beside it.
#pragma once

#include "record/process.h"

namespace autospan::record {

// False where reading the TSC kills the process (PR_SET_TSC), through the vDSO too: then nothing may be
// recorded.
bool clock_may_be_read();
// Chooses by AUTOSPAN_CLOCK and the self-test and takes the first anchor. At attach.
void start_clock(Process& p);
uint64_t ticks_of_us(const Process& p, uint64_t us);
// Reads three clocks together: at attach, at chunk turns, at exit.
void take_anchor(Process& p);

}  // namespace autospan::record
