#include "shell_word.h"

#include <algorithm>

namespace autospan::cli {
namespace {

constexpr std::string_view kPlainMarks = "_-.,:/=+@";

bool is_plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
         kPlainMarks.find(static_cast<char>(c)) != kPlainMarks.npos;
}

}  // namespace

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_plain(static_cast<unsigned char>(c));
  });
}

std::string percent_encoded(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte)) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace autospan::cli
