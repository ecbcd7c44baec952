// The plugin's arguments as the compiler hands them over: `match=Update*`, `skip=…`, `rules=FILE`,
// `min-statements=N`, `report=DIR`, `service=NAME`.
#pragma once

#include <string>
#include <vector>

#include "rules.h"

namespace autospan::plugin {

struct Options {
  RuleSet rules;
  std::string rules_file;  // as given; a build dependency of the object
  std::string rules_hash;  // of its content when the command was made
  std::string report_dir;
  std::string warning;     // to be said and no more
  std::string service;
};

// Takes one argument. Returns what is wrong with it, or nothing.
std::string take_argument(const std::string& argument, Options* options);

// Once every argument is taken: reads the rules file.
std::string finish(Options* options);

}  // namespace autospan::plugin
