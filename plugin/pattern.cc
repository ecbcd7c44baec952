// See pattern.h. The only file compiled with exceptions: std::regex reports bad input by throwing.
#include "pattern.h"

#include <cassert>

namespace autospan::plugin {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;
// Stands for any own name: no identifier, operator or lambda is spelled so.
constexpr std::string_view kAnyName = "\x01\x01";

std::string check_glob(std::string_view glob) {
  if (glob.back() == '\\') {
    std::size_t count = 0;
    while (count < glob.size() && glob[glob.size() - 1 - count] == '\\') ++count;
    if (count % 2 == 1) return "ends in a lone backslash";
  }
  if (glob.find("***") != glob.npos) return "has three stars in a row; use * or **";
  if (glob.find_first_of("\t\n\r") != glob.npos) return "holds a tab or a line break";
  return {};
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view name, char stop) {
  // Iterative with one retry point a star: a later star never needs an earlier one again, except
  // that a single star, once it would have to cross `stop`, hands back to the last double star.
  struct Retry {
    std::size_t glob = std::string_view::npos, name = 0;
  } single, twice;
  std::size_t g = 0, n = 0;
  while (true) {
    if (g < glob.size() && glob[g] == '*') {
      const bool crosses = g + 1 < glob.size() && glob[g + 1] == '*';
      g += crosses ? 2 : 1;
      (crosses ? twice : single) = {g, n};
      if (crosses) single = {};
      continue;
    }
    if (n == name.size() && g == glob.size()) return true;
    if (n < name.size() && g < glob.size()) {
      const bool escaped = glob[g] == '\\' && g + 1 < glob.size();
      if (escaped          ? glob[g + 1] == name[n]
          : glob[g] == '?' ? name[n] != stop
                           : glob[g] == name[n]) {
        g += escaped ? 2 : 1;
        ++n;
        continue;
      }
    }
    if (single.glob != std::string_view::npos && single.name < name.size() &&
        name[single.name] != stop) {
      g = single.glob;
      n = ++single.name;
    } else if (twice.glob != std::string_view::npos && twice.name < name.size()) {
      g = twice.glob;
      n = ++twice.name;
      single = {};
    } else {
      return false;
    }
  }
}

Pattern Pattern::parse(std::string_view text, std::string* error) {
  assert(error != nullptr);
  Pattern pattern;
  pattern.text_ = text;
  error->clear();
  if (text.empty()) {
    *error = "is empty";
  } else if (text.size() > kPatternBytesMax) {
    *error = "is longer than 4096 bytes";
  } else if (text.substr(0, 3) == "re:") {
    try {
      pattern.regex_ = std::make_shared<std::regex>(std::string(text.substr(3)),
                                                    std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error& bad) {
      *error = std::string("is no ECMAScript regular expression: ") + bad.what();
    }
    if (text.size() == 3) *error = "is empty after re:";
  } else {
    *error = check_glob(text);
    pattern.qualified_ = text.find("::") != text.npos;
  }
  return pattern;
}

bool Pattern::matches(std::string_view own_name, std::string_view qualified_name) const {
  if (regex_ == nullptr)
    return qualified_ ? glob_matches(text_, qualified_name, ':')
                      : glob_matches(text_, own_name, ':');
  try {
    return std::regex_search(qualified_name.begin(), qualified_name.end(), *regex_);
  } catch (const std::regex_error&) {
    return false;  // too complex for this name
  }
}

bool Pattern::says_nothing_of_name(std::string_view own_name,
                                   std::string_view qualified_name) const {
  assert(qualified_name.size() >= own_name.size());
  std::string any(qualified_name.substr(0, qualified_name.size() - own_name.size()));
  any += kAnyName;
  return matches(kAnyName, any);
}

}  // namespace autospan::plugin
