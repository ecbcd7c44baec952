// What all verbs share in reading their options. The only header that brings CLI11 along: only
// files of verbs include it.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "exit_code.h"
#include "verbs.h"

namespace autospan::cli {

// The options of one verb.
class VerbApp : public CLI::App {
 public:
  VerbApp(const std::string& verb, const std::string& does);
  const std::string& verb() const { return verb_; }

 private:
  std::string verb_;
};

// Reads the arguments into the app's options. A value = the verb ends here with that exit code:
// help was asked for and printed, or the usage is wrong and the complaint was said.
std::optional<int> parse(VerbApp& app, const Arguments& arguments, int usage_code = kUsage);

}  // namespace autospan::cli
