// The reports of one target's translation units, judged together: a rule that took nothing in any
// of them is worth one warning, where each alone would have given hundreds.
#pragma once

#include <string>
#include <vector>

namespace autospan::clang_tool {

struct MergeOptions {
  std::string directory;     // what the compiles were given as report=
  std::string target;        // how messages call it; empty: the directory
  std::string objects_file;  // the target's objects, one a line; empty: whatever was reported
  bool required = false;     // a rule that took nothing is an error
  bool print = false;        // one line a rule
  bool json = false;
};

// The exit code: 0 done, 1 a required rule took nothing, 3 no report to read.
int merge(const MergeOptions& options);

}  // namespace autospan::clang_tool
