#include "message.h"

#include <unistd.h>

namespace autospan::cli {

void say(std::string line) {
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;  // nowhere left to say it
}

}  // namespace autospan::cli
