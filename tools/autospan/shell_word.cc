#include "shell_word.h"

#include <algorithm>

#include "model/percent.h"

namespace autospan::cli {
namespace {

constexpr std::string_view kPlainMarks = "_-.,:/=+@";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80 || kPlainMarks.find(c) != kPlainMarks.npos;
}

}  // namespace

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_plain);
}

std::string percent_encoded(std::string_view text) {
  return model::percent_encoded(text, is_plain);
}

}  // namespace autospan::cli
