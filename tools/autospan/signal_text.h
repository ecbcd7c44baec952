// Signals by name.
#pragma once

#include <string>

namespace autospan::cli {

// "SIGKILL"; "signal 34" where it has no name.
std::string signal_text(int signal);

}  // namespace autospan::cli
