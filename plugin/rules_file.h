// Reads `rules=FILE`. This build takes the list `spans:` with `where: {function, file, annotation,
// min_statements}` and `do: {root, cpu, min_duration, capture}`; every other key is refused by name and place.
#pragma once

#include <string>

#include "rules.h"

namespace autospan::plugin {

// Appends the file's rules. Returns what is wrong, as file:line:column: message, or nothing.
std::string read_rules_file(const std::string& path, RuleSet* rules);

}  // namespace autospan::plugin
