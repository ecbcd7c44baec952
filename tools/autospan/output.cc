#include "output.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "exit_code.h"
#include "message.h"

namespace autospan::cli {

int print(std::string_view text) {
  signal(SIGPIPE, SIG_IGN);
  while (!text.empty()) {
    const ssize_t n = write(STDOUT_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return kDone;
    if (n < 0) {
      complain("cannot write to standard output: {}", std::strerror(errno));
      return kUnreadable;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return kDone;
}

}  // namespace autospan::cli
