// See secrets.h. The list itself is one for plugin and macros.
#include "secrets.h"

#include "autospan/detail/secret.h"

namespace autospan::plugin {

bool is_secret_name(std::string_view name) {
  return detail::is_secret_name(name.data(), static_cast<long>(name.size()));
}

bool is_secret(const ParamFacts& param) {
  if (param.redact || is_secret_name(param.name)) return true;
  for (const std::string& type : param.type_names)
    if (is_secret_name(type)) return true;
  return false;
}

}  // namespace autospan::plugin
