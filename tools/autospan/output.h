// Standard output, written whole.
#pragma once

#include <string_view>

namespace autospan::cli {

// kDone, or kUnreadable with a complaint where standard output does not take it (a full disk). A
// reader that went away (`| head`) is no failure.
int print(std::string_view text);

}  // namespace autospan::cli
