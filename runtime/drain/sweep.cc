#include "drain/sweep.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "drain/environment.h"
#include "drain/identity.h"
#include "ring/sweep.h"

namespace autospan::drain {

static ring::KeepRules keep_rules(std::string& warning) {
  ring::KeepRules rules;
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

void sweep_rings(std::string& warning) {
  ring::sweep_rings(environment("AUTOSPAN_RING_DIR"), environment("TMPDIR"), keep_rules(warning),
                    own_identity());
}

}  // namespace autospan::drain
