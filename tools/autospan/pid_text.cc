#include "pid_text.h"

#include <sys/stat.h>

#include <charconv>

namespace autospan::cli {

bool is_pid(const std::string& what, unsigned& pid) {
  const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), pid);
  struct stat status;
  return error == std::errc() && end == what.data() + what.size() &&
         stat(what.c_str(), &status) != 0;
}

}  // namespace autospan::cli
