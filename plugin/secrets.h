// Which parameters hold secrets by their names: the built-in list that is always on.
#pragma once

#include <string_view>

#include "facts.h"

namespace autospan::plugin {

// A name of a parameter, a member or a type, in any case.
bool is_secret_name(std::string_view name);

// A parameter or a member whose value must not reach the recorder.
bool is_secret(const ParamFacts& param);
bool is_secret(const PartFacts& part);

}  // namespace autospan::plugin
