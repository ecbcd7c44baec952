// Reads `rules=FILE`:
//
//   spans:  - where: {function, file, annotation, min_statements}
//             do: {root, cpu, min_duration, capture, name}
//   calls:  - where: {function, file}
//             do: the same
//   redact: [glob]
//   redact_defaults: true
//
// Every other key is refused by name and place.
#pragma once

#include <string>

#include "rules.h"

namespace autospan::plugin {

// Appends the file's rules. Returns what is wrong, as file:line:column: message, or nothing.
std::string read_rules_file(const std::string& path, RuleSet* rules);

}  // namespace autospan::plugin
