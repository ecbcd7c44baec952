#include "drain/identity.h"

#include <unistd.h>

#include <cstring>

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
  return ring::liveness(process, own_identity());
}

}  // namespace autospan::drain
