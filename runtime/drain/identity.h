// Processes told apart beyond pid reuse: is the one that a ring names still alive?
#pragma once

#include <cstdint>

#include "ring/format.h"

namespace autospan::drain {

// Of the calling process.
const ring::Identity& own_identity();
bool same_boot(const ring::Identity& process);

enum class Liveness {
  kAlive,
  kDead,
  kUnknown,   // another pid namespace, or recorded without /proc: cannot be told from here
};
Liveness liveness(const ring::Identity& process);

}  // namespace autospan::drain
