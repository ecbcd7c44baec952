#include "drain/sweep.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <ctime>
#include <exception>
#include <map>
#include <string>

#include "drain/dump.h"
#include "drain/environment.h"

namespace autospan::drain {

static std::int64_t now_unix_ns() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

KeepRules keep_rules(std::string& warning) {
  KeepRules rules;
  const char* const keep = environment("AUTOSPAN_KEEP");
  if (!keep) return rules;
  const char* const end = keep + std::strlen(keep);
  const auto [rest, error] = std::from_chars(keep, end, rules.per_program);
  if (error != std::errc() || rest != end) {
    rules = {};
    warning = fmt::format("AUTOSPAN_KEEP: '{:.40}' is no number of rings; {} stays in force", keep,
                          rules.per_program);
  }
  return rules;
}

std::size_t sweep_rings(const KeepRules& rules) noexcept {
  std::size_t removed = 0;
  try {
    std::map<std::string, std::size_t> kept;
    std::uint64_t bytes = 0;
    const std::int64_t now = now_unix_ns();
    for (const KeptRing& ring : list_rings()) {  // newest first
      if (ring.liveness == Liveness::kAlive) continue;
      const bool old = now - ring.modified_unix_ns > rules.age_ns;
      const bool ours = ring.liveness == Liveness::kDead;
      const bool beyond = kept[ring.program] >= rules.per_program ||
                          bytes + ring.bytes > rules.total_bytes;
      if (old || (ours && beyond)) {
        removed += unlink(ring.path.c_str()) == 0;
        continue;
      }
      ++kept[ring.program];
      bytes += ring.bytes;
    }
  } catch (const std::exception&) {
    // The next one sweeps.
  }
  return removed;
}

}  // namespace autospan::drain
