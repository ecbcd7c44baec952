// Where a fatal signal met its process, in words.
#pragma once

#include <string>

#include "drain/fault.h"

namespace autospan::cli {

struct FaultFrame {
  std::string module;                  // path; empty = the address lay in none
  std::string build_id;                // hex; empty = none
  std::uint64_t base = 0, offset = 0;  // pc = base + offset
  std::string function;                // demangled; empty = not known
  std::uint64_t function_offset = 0;
};

// The function is told only where the file of that path, or its debug file, has the build id that
// the process ran with.
FaultFrame fault_frame(const drain::FatalSignal& fatal);

// "address not mapped: 0x10", "integer division by zero", "sent by pid 4711"; empty = nothing to
// say.
std::string fault_cause(const drain::FatalSignal& fatal, std::uint32_t own_pid);
// "billing::Invoice::divide(int) + 0xb in /usr/bin/job + 0x1234".
std::string fault_place(const FaultFrame& frame, std::uint64_t pc);

}  // namespace autospan::cli
