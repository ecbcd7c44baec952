// What a ring says of the signal that ended its process, and of the modules that were loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drain/clock_map.h"
#include "ring/ring_view.h"

namespace autospan::drain {

struct LoadedModule {
  std::string path;
  std::string build_id;                // raw bytes; empty = none
  std::uint64_t base = 0;              // an address − base = an address in the ELF file
  std::uint64_t begin = 0, end = 0;    // addresses in the process

  bool holds(std::uint64_t address) const { return address >= begin && address < end; }
};

// In the order of the table. Blocks that do not hold together are counted and end their chunk.
std::vector<LoadedModule> read_modules(const ring::RingView& view, std::uint64_t& damaged);

struct FatalSignal {
  std::uint32_t signal = 0;            // 0 = none was seen
  std::int32_t code = 0;               // si_code; ≤ 0 = sent by `sender`
  std::uint64_t address = 0, pc = 0;
  std::uint32_t tid = 0, sender = 0;
  std::int64_t unix_ns = 0;            // 0 = not known
  std::optional<LoadedModule> module;  // of pc
};

FatalSignal read_fatal_signal(const ring::RingView& view, const ClockMap& clock,
                              std::uint64_t& damaged);
// The module of an address, the one that begins last where several claim it.
std::optional<LoadedModule> module_of(const std::vector<LoadedModule>& modules,
                                      std::uint64_t address);

}  // namespace autospan::drain
