// From a core file to the ring of its process: the file that was kept, or what the core holds of
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core_file.h"
#include "drain/dump.h"
#include "ring/ring_view.h"

namespace autospan::cli {

struct CoreRing {
  std::unique_ptr<ring::RingView> view;  // null = there is none; `why` says it
  drain::Source source = drain::Source::kFile;
  std::string why;
  std::uint64_t damaged = 0;
  std::vector<std::string> damage;  // a sentence each, about the core
};

CoreRing ring_of_core(const CoreFile& core);

// Where the ring knows of no fatal signal (its handlers were not ours), the core may.
void add_signal_of_core(const CoreFile& core, const ring::RingView& view, drain::ProcessDump& dump);

}  // namespace autospan::cli
