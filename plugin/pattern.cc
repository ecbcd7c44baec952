// See pattern.h. The only file compiled with exceptions: std::regex reports bad input by throwing.
#include "pattern.h"

#include <cassert>

#include "autospan/detail/glob.h"

namespace autospan::plugin {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;
// Stands for any own name: no identifier, operator or lambda is spelled so.
constexpr std::string_view kAnyName = "\x01\x01";

}  // namespace

bool glob_matches(std::string_view glob, std::string_view name, char stop) {
  return detail::glob_matches(glob.data(), long(glob.size()), name.data(), long(name.size()), stop);
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
    if (const char* fault = detail::glob_fault(text.data(), long(text.size()))) *error = fault;
    pattern.qualified_ = detail::is_qualified(text.data(), long(text.size()));
  }
  return pattern;
}

bool Pattern::matches(std::string_view own_name, std::string_view qualified_name) const {
  if (regex_ == nullptr)
    return qualified_ ? glob_matches(text_, qualified_name, ':')
                      : glob_matches(text_, own_name, 0);
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
