// Processes told apart beyond pid reuse: is the one that a ring names still alive?
#pragma once

#include <cstdint>

#include "ring/process_identity.h"

namespace autospan::drain {

// Of the calling process.
const ring::Identity& own_identity();
bool same_boot(const ring::Identity& process);

using ring::Liveness;
Liveness liveness(const ring::Identity& process);

}  // namespace autospan::drain
