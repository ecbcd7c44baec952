// One process may hold the recorder more than once: the archive linked into an executable and its
// plugins, or the library in another namespace of the loader. One of them records.
#pragma once

#include <stdint.h>

#include "ring/directory.h"
#include "ring/format.h"

namespace autospan::record {

// True where a ring of this very process lies in the directory and is still mapped: another copy's.
// A ring left behind by execve names the same process, and is mapped no more. The memory that it works
// in is given: the host's stack may be a small one.
struct CopySearch {
  ring::Identity self;
  const char* directory;
  ring::FileHeader file, memory;
  char path[ring::kPathMax + ring::kRingNameMax];
  alignas(8) char entries[2048];
};
bool another_copy_records(CopySearch& search, const char* directory, const ring::Identity& self);

// What the C library and the kernel know of this code (exit handlers, keys of threads) must find it
// there: the object that it is part of is never unloaded.
void stay_loaded();

// True in a child that shares our memory (vfork, clone): what it attaches would be its parent's.
bool in_borrowed_memory();

}  // namespace autospan::record
