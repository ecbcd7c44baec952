// See secrets.h. The list itself is one for plugin and macros.
#include "secrets.h"

#include <algorithm>

#include "autospan/detail/secret.h"
#include "pattern.h"

namespace autospan::plugin {
namespace {

bool is_secret(const SecretNames& secrets, bool marked, const std::string& name,
               const std::vector<std::string>& types) {
  return marked || secrets.take(name) ||
         std::any_of(types.begin(), types.end(),
                     [&](const std::string& type) { return secrets.take(type); });
}

}  // namespace

bool is_secret_name(std::string_view name) {
  return detail::is_secret_name(name.data(), static_cast<long>(name.size()));
}

bool SecretNames::take(std::string_view name) const {
  if (defaults && is_secret_name(name)) return true;
  std::string lower(name);
  for (char& c : lower) c = detail::lower(c);
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_matches(glob, lower, 0); });
}

bool is_secret(const SecretNames& secrets, const ParamFacts& param) {
  return is_secret(secrets, param.redact, param.name, param.type_names);
}
bool is_secret(const SecretNames& secrets, const PartFacts& part) {
  return is_secret(secrets, part.redact, part.name, part.type_names);
}

}  // namespace autospan::plugin
