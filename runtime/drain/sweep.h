// Kept rings are swept by whoever starts next: the newest few of each program stay, for a week, within
// a total. Only rings of dead processes of this pid namespace are touched; one of another namespace
// stays for a week whatever happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace autospan::drain {

struct KeepRules {
  std::size_t per_program = 5;                                    // AUTOSPAN_KEEP
  std::int64_t age_ns = 7 * std::int64_t{24 * 3600} * 1'000'000'000;
  std::uint64_t total_bytes = 256u << 20;                         // of storage
};

// The defaults, with AUTOSPAN_KEEP where it is a number; where it is none, a sentence in `warning`.
KeepRules keep_rules(std::string& warning);

// Removes what the rules do not keep; returns how many. Never throws.
std::size_t sweep_rings(const KeepRules& rules) noexcept;

}  // namespace autospan::drain
