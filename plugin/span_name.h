// `do: {name: …}`: a span's name with the function's own put in.
#pragma once

#include <string>

#include "facts.h"

namespace autospan::plugin {

// What is wrong with a template, as the end of a sentence; empty: nothing.
std::string span_name_fault(const std::string& name);

// {function} becomes the function's own name, {qualified} the qualified one.
std::string span_name(const std::string& name, const FunctionFacts& function);

}  // namespace autospan::plugin
