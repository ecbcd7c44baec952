#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace autospan::cli {
namespace {

unsigned terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

unsigned columns_variable() {
  const char* const text = std::getenv("COLUMNS");
  if (text == nullptr) return 0;
  unsigned width = 0;
  const char* const end = text + std::strlen(text);
  const auto [p, error] = std::from_chars(text, end, width);
  return error == std::errc() && p == end ? width : 0;
}

}  // namespace

unsigned output_width(unsigned wanted) {
  unsigned width = wanted;
  if (width == 0) width = terminal_width();
  if (width == 0) width = columns_variable();
  if (width == 0) width = kWidthDefault;
  return std::clamp(width, kWidthMin, kWidthMax);
}

bool output_colors(ColorChoice choice) {
  if (choice != ColorChoice::kAuto) return choice == ColorChoice::kAlways;
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* const term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (term == nullptr || std::strcmp(term, "dumb") != 0);
}

}  // namespace autospan::cli
