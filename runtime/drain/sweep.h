// The sweep of kept rings, by the environment of a tool. The rules are ring/sweep.h's.
#pragma once

#include <string>

namespace autospan::drain {

// A value of AUTOSPAN_KEEP that is no number is told in `warning`.
void sweep_rings(std::string& warning);

}  // namespace autospan::drain
