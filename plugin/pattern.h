// One pattern over function names: a glob, or after `re:` an ECMAScript regular expression.
//
//   Update*        no `::`: matched against the function's own name
//   billing::*     with `::`: against the qualified name; `*` stops at `::`, `**` does not
//   re:^a::(b|c)$  searched in the qualified name; anchor it with ^ and $
//
// In a glob `?` is any one character and `\` takes the next one as it is. Switches and hooks share the
// matcher (autospan/detail/glob.h).
#pragma once

#include <memory>
#include <regex>
#include <string>
#include <string_view>

namespace autospan::plugin {

class Pattern {
 public:
  // An empty *error means success.
  static Pattern parse(std::string_view text, std::string* error);

  bool matches(std::string_view own_name, std::string_view qualified_name) const;

  // True where this pattern takes the function whatever its own name is (`*`, `billing::**`): such
  // a pattern leaves out functions too small to be worth a span.
  bool says_nothing_of_name(std::string_view own_name, std::string_view qualified_name) const;

  // Why it may well match nothing, as the end of a sentence that says so; empty: no idea.
  std::string hint() const;

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool qualified_ = false;
  std::shared_ptr<const std::regex> regex_;
};

// The whole of `name` against `glob`; `stop` is what a single `*` does not cross, ':' for `::`.
bool glob_matches(std::string_view glob, std::string_view name, char stop);

}  // namespace autospan::plugin
