// What a shell learns from autospan (design §7). `run` keeps its job's code and uses the second set
// for what befell before there was one.
#pragma once

namespace autospan::cli {

enum ExitCode : int {
  kDone = 0,
  kNothingFound = 1,  // or a check failed
  kUsage = 2,
  kUnreadable = 3,  // the input cannot be read, or is foreign
  kRefused = 4,     // the endpoint said no

  kRunFailed = 125,  // our usage, or no process could be made
  kNotExecutable = 126,
  kNotFound = 127,
};

}  // namespace autospan::cli
