// A pid on the command line.
#pragma once

#include <string>

namespace autospan::cli {

// Whether `what` is a number, and no file of that name is there instead.
bool is_pid(const std::string& what, unsigned& pid);

}  // namespace autospan::cli
