// See pattern.h. The only file compiled with exceptions: std::regex reports bad input by throwing.
#include "pattern.h"

#include <algorithm>
#include <cassert>

#include "autospan/detail/glob.h"

namespace autospan::plugin {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;
// Stands for any own name: no identifier, operator or lambda is spelled so.
constexpr std::string_view kAnyName = "\x01\x01";

// Repetitions multiply where they are nested: (a{100}){100} has 10,000 states, and matching time
// grows with their number.
constexpr unsigned kRepeatsMax = 1000;

// All bounds of {m,n} in an expression, multiplied; a bound that is none of a repetition does no
// harm.
unsigned count_repeats(const std::string& text) {
  unsigned product = 1;
  for (std::size_t at = 0; (at = text.find('{', at)) != text.npos; ++at) {
    unsigned bound = 0;
    for (std::size_t i = at + 1; i < text.size() && text[i] != '}'; ++i) {
      if (text[i] == ',') bound = 0;
      if (text[i] >= '0' && text[i] <= '9')
        bound = std::min(kRepeatsMax + 1, bound * 10 + unsigned(text[i] - '0'));
    }
    product = std::min(kRepeatsMax + 1, product * std::max(1u, bound));
  }
  return product;
}

// Never backtracks: (a+)+$ takes no longer than a+$. libstdc++ refuses back-references then; libc++
// counts its steps and gives up.
std::shared_ptr<const std::regex> parse_regex(const std::string& text, std::string* error) {
  if (text.empty()) *error = "is empty after re:";
  if (count_repeats(text) > kRepeatsMax) *error = "repeats more than 1000 times";
  if (!error->empty()) return nullptr;
  auto syntax = std::regex::ECMAScript;
#ifdef __GLIBCXX__
  syntax |= std::regex_constants::__polynomial;
#endif
  try {
    return std::make_shared<std::regex>(text, syntax);
  } catch (const std::regex_error& bad) {
    *error = bad.code() == std::regex_constants::error_complexity
                 ? "has a back-reference, which may match for ever"
                 : std::string("is no ECMAScript regular expression: ") + bad.what();
    return nullptr;
  }
}

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
    pattern.regex_ = parse_regex(std::string(text.substr(3)), error);
  } else {
    if (const char* fault = detail::glob_fault(text.data(), long(text.size()))) *error = fault;
    pattern.qualified_ = detail::is_qualified(text.data(), long(text.size()));
  }
  return pattern;
}

bool Pattern::matches(std::string_view own_name, std::string_view qualified_name) const {
  if (regex_ == nullptr)
    return qualified_ ? glob_matches(text_, qualified_name, ':') : glob_matches(text_, own_name, 0);
  try {
    return std::regex_search(qualified_name.begin(), qualified_name.end(), *regex_);
  } catch (const std::regex_error&) {
    return false;  // too complex for this name
  }
}

std::string Pattern::hint() const {
  // Operators and `(lambda)` are spelled with the same characters.
  if (regex_ != nullptr || text_.find("operator") != text_.npos ||
      text_.find("(lambda)") != text_.npos)
    return {};
  const std::size_t begin = text_.find_first_of("(<");
  if (begin == text_.npos) return {};
  const std::size_t end = text_.find_last_of(text_[begin] == '(' ? ')' : '>');
  return std::string("; ") + (text_[begin] == '(' ? "parameters" : "template arguments") +
         " are no part of a name: leave '" + text_.substr(begin, end - begin + 1) + "' out";
}

bool Pattern::says_nothing_of_name(std::string_view own_name,
                                   std::string_view qualified_name) const {
  assert(qualified_name.size() >= own_name.size());
  std::string any(qualified_name.substr(0, qualified_name.size() - own_name.size()));
  any += kAnyName;
  return matches(kAnyName, any);
}

}  // namespace autospan::plugin
