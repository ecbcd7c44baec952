#include "signal_text.h"

#include <string.h>

namespace autospan::cli {

std::string signal_text(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace autospan::cli
