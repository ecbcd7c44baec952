// A parameter's value → the fields that stand for it. No clang in it.
#pragma once

#include <string>
#include <vector>

#include "facts.h"
#include "plan.h"
#include "secrets.h"
#include "wanted.h"

namespace autospan::plugin {

// One parameter of a function gives at most so many.
constexpr std::size_t kFieldsMax = 16;

// AUTOSPAN_* of a kind that is one value.
std::uint8_t abi_type(ValueKind kind);

// Appends to plan->fields what enter takes, and to plan->late what is only made once the span is
// known to record. `root` is the first field's key.
void add_fields(const ParamFacts& param, const std::string& root, const Wanted& wanted,
                const SecretNames& secrets, SpanPlan* plan);

}  // namespace autospan::plugin
