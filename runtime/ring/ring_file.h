// The bytes behind a ring: a file that outlives the process, or private memory where there is none
// to be had. Libc only; no descriptor is kept.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace autospan::ring {

struct Mapping {
  uint8_t* base = nullptr;     // null = nothing could be mapped
  uint64_t bytes = 0;
  uint64_t spare = 0;          // addresses behind them
  bool in_file = false;
  uint64_t device = 0, inode = 0;
};

// Creates `path` (O_EXCL, 0600), `bytes` long and sparse, with storage for its first `backed` bytes.
// On failure base is null, nothing is left behind and *why says what the system refused. `spare` bytes
// of addresses follow the mapping, without access, for open_private.
Mapping create_file(const char* path, uint64_t bytes, uint64_t backed, uint64_t spare,
                    const char** why);
Mapping private_memory(uint64_t bytes, uint64_t spare);

// Takes [offset, offset + bytes) away from the file, or from the spare addresses, …
bool make_private(const Mapping& mapping, uint64_t offset, uint64_t bytes);
// … and opens a part of it as private memory.
bool open_private(const Mapping& mapping, uint64_t offset, uint64_t bytes);

// Storage for [offset, offset + bytes) of the mapping before it is first touched: a page that cannot
// be had later is a SIGBUS in the host. False = refused.
bool back_range(const Mapping& mapping, const char* path, uint64_t offset, uint64_t bytes);

// At most `wanted`, and at most half of what is free in `directory` and allowed by RLIMIT_FSIZE.
uint64_t affordable_bytes(const char* directory, uint64_t wanted);

}  // namespace autospan::ring
