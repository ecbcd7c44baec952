// See secrets.h. The list itself is one for plugin and macros.
#include "secrets.h"

#include "autospan/detail/secret.h"

namespace autospan::plugin {

bool is_secret_name(std::string_view name) {
  return detail::is_secret_name(name.data(), static_cast<long>(name.size()));
}

namespace {

bool is_secret(bool marked, const std::string& name, const std::vector<std::string>& types) {
  if (marked || is_secret_name(name)) return true;
  for (const std::string& type : types)
    if (is_secret_name(type)) return true;
  return false;
}

}  // namespace

bool is_secret(const ParamFacts& param) {
  return is_secret(param.redact, param.name, param.type_names);
}
bool is_secret(const PartFacts& part) {
  return is_secret(part.redact, part.name, part.type_names);
}

}  // namespace autospan::plugin
