// The bench's own programs, found beside it, and what counts their instructions.
#pragma once

#include <string>
#include <vector>

#include "measure.h"

namespace autospan::bench {

// build/bench of this build; of the build by the other compiler, which ./dev bench makes.
const std::string& own_directory();
std::string gcc_directory();
bool exists(const std::string& path);

// A directory under /dev/shm or /tmp that is removed at exit; rings and peers' files go there.
const std::string& scratch();

// "env AUTOSPAN_EXPORT=none AUTOSPAN_SITE_BUDGET=off … <path>": plain rows run without the budget.
std::string recording(const std::string& environment, const std::string& path);

// Instructions that `calls` calls of a case execute in user space.
struct Count {
  double instructions = 0;
  std::string skipped;  // why there is no count
};
// By callgrind: the same total to the instruction, run after run. The recorder's self-test of the
// TSC may fail under it, since translating code takes time; what the other clock executes then is
// left out. The program and its libraries are copied without debug information first, which
// valgrind cannot always read.
Count callgrind(const std::string& program, const std::string& name, long calls,
                const std::string& environment);
// One step after the other: sees text as it was patched at run time, which callgrind translated
// before.
Count steps(const std::string& program, const std::string& name, long calls,
            const std::string& environment);

}  // namespace autospan::bench
