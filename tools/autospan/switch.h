// `autospan on` and `autospan off`: what a command line asks for, written into a ring's control page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ring/ring_view.h"

namespace autospan::cli {

struct SwitchOrder {
  bool on = true;
  std::vector<std::string> globs;
  std::int64_t deadline_unix_ns = 0;  // 0 = for good
};

struct SwitchOutcome {
  std::vector<std::string> switched;  // functions whose switch was turned
  std::size_t matched = 0, known = 0;  // of the functions that ran so far
  bool tended = false;                 // a thread of the process tends its switches
  bool applied = false;                // and has done so
  std::uint32_t patching = 0;          // ring::Patching
};

// What is wrong with a glob as a switch takes it; empty = nothing.
std::string switch_glob_fault(const std::string& glob);

// Nothing and a message where the table of rules has no room.
std::optional<SwitchOutcome> turn_switches(const ring::RingView& view, const SwitchOrder& order,
                                           std::string& message);

}  // namespace autospan::cli
