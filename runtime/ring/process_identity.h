// Who a process is, beyond pid reuse and namespaces: read from /proc by the recorder for its header,
// and by the drain to tell whether the process of a ring still lives. Libc only.
#pragma once

#include <stdint.h>

#include "ring/format.h"

namespace autospan::ring {

// Of the calling process. What /proc does not tell is zero.
Identity current_identity();

enum class Liveness {
  kAlive,
  kDead,
  kUnknown,   // another pid namespace, or recorded without /proc: cannot be told from here
};
// Of a process, seen from `own`. Same boot, same pid namespace, pid and start match: it is alive.
Liveness liveness(const Identity& process, const Identity& own);

// Field 22 of /proc/PID/stat; "self" for the caller. 0 = no such process, or a zombie, which records
// no more.
uint64_t process_start_ticks(const char* pid);

}  // namespace autospan::ring
