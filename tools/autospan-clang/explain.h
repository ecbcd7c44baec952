// For each function of a build: the rule that gives it a span, or why it has none.
#pragma once

#include <string>
#include <vector>

namespace autospan::clang_tool {

struct ExplainOptions {
  std::string build;                   // where compile_commands.json is; empty: ., then build
  std::vector<std::string> arguments;  // plugin arguments added to each command's own
  std::vector<std::string> functions;  // patterns; none: every function
  bool json = false;
};

// The exit code: 0 done, 1 no such function, 2 a bad pattern, 3 no build to read.
int explain(const ExplainOptions& options);

}  // namespace autospan::clang_tool
