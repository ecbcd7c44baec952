// Which values are secrets by the names of their parameters, members and types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "facts.h"

namespace autospan::plugin {

// The built-in list.
bool is_secret_name(std::string_view name);

// That list, and what the rules add to it or, by `redact_defaults: false`, put in its place.
struct SecretNames {
  std::vector<std::string> globs;  // in lower case; over the whole name
  bool defaults = true;

  // A name of a parameter, a member or a type, in any case.
  bool take(std::string_view name) const;
};

// A parameter or a member whose value must not reach the recorder.
bool is_secret(const SecretNames& secrets, const ParamFacts& param);
bool is_secret(const SecretNames& secrets, const PartFacts& part);

}  // namespace autospan::plugin
