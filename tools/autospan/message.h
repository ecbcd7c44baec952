// What autospan says on standard error: one line, "autospan: " before it, what and which value and
// what to do in it. Values of strangers go through printable() first.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "text_width.h"

namespace autospan::cli {

// One write(2), so that lines of several processes do not mix.
void say(std::string line);

template <typename... Args>
void complain(fmt::format_string<Args...> format, Args&&... args) {
  say("autospan: " + fmt::format(format, std::forward<Args>(args)...) + "\n");
}

}  // namespace autospan::cli
