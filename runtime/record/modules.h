// What is loaded where, so that a reader can name an address of a process that is gone.
#pragma once

#include "record/process.h"

namespace autospan::record {

// Asks the loader how it tells modules, which takes its lock. With no lock held.
void prepare_modules();
// The table of what is loaded now. With the lock held.
void write_modules(Process& p);
// Adds the module that holds `address` (a site) where the table lacks it: a library opened later.
// Takes no lock of the loader. With the lock held.
void note_module_of(Process& p, const void* address);
// Takes no lock and allocates nothing: for signal handlers. False = in no module, or the C library
// cannot tell.
bool find_module(uint64_t address, ring::FaultModule& out);

}  // namespace autospan::record
