// Kept rings are swept by whoever starts next: the newest few of each program stay, for a week, within
// a total. Only rings of dead processes of this pid namespace are touched; one of another namespace
// stays for a week whatever happens. Libc only, no allocation: the recorder does it when it attaches.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ring/format.h"

namespace autospan::ring {

struct KeepRules {
  uint32_t per_program = 5;                                   // AUTOSPAN_KEEP
  int64_t age_ns = 7 * int64_t{24 * 3600} * 1'000'000'000;    // since the last sign of life
  uint64_t total_bytes = 256u << 20;                          // of storage
  // A wrapper that still has to read a ring of its run is given so long.
  int64_t unread_ns = 600 * int64_t{1'000'000'000};
};

// Removes what the rules do not keep and returns how many; of more rings than it looks at, those that
// were seen are judged alone, so that none goes that would have stayed. ring_dir and tmpdir are the
// variables' values, `own` the caller's identity.
size_t sweep_rings(const char* ring_dir, const char* tmpdir, const KeepRules& rules,
                   const Identity& own);

}  // namespace autospan::ring
