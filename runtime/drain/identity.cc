#include "drain/identity.h"

#include <unistd.h>

#include <cstring>
#include <string>

#include "ring/process_identity.h"

namespace autospan::drain {

const ring::Identity& own_identity() {
  static ring::Identity id = ring::current_identity();
  if (id.pid != std::uint32_t(getpid())) id = ring::current_identity();  // a child of fork
  return id;
}

bool same_boot(const ring::Identity& process) {
  return std::memcmp(process.boot_id, own_identity().boot_id, sizeof process.boot_id) == 0;
}

Liveness liveness(const ring::Identity& process) {
  // Recorded without /proc: nothing can be told.
  static const std::uint8_t kNoBoot[sizeof process.boot_id] = {};
  if (std::memcmp(process.boot_id, kNoBoot, sizeof kNoBoot) == 0) return Liveness::kUnknown;
  if (!same_boot(process)) return Liveness::kDead;
  if (process.pid_ns != own_identity().pid_ns) return Liveness::kUnknown;
  const std::uint64_t start = ring::process_start_ticks(std::to_string(process.pid).c_str());
  return start != 0 && start == process.start_ticks ? Liveness::kAlive : Liveness::kDead;
}

}  // namespace autospan::drain
