// From what a function returns to what is told of it. No clang in it.
#pragma once

#include "plan.h"

namespace autospan::plugin {

ReturnPlan make_return_plan(const FunctionFacts& function, const Deeds& deeds, const SecretNames& secrets);

}  // namespace autospan::plugin
