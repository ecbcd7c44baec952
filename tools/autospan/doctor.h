// The doctor's findings, a line each.
#pragma once

#include <string>
#include <vector>

#include "install_place.h"

namespace autospan::cli {

struct Finding {
  enum class Grade { kOk, kWarn, kFail };
  Grade grade;
  std::string check;   // one word
  std::string detail;  // what was found, with its value
  std::string advice;  // what to do; empty where nothing is to do
};
using Findings = std::vector<Finding>;

// This machine and this environment.
void examine_machine(Findings& findings, const InstallPlace& place);
// Whether the configured endpoint takes a connection. Waits for at most three seconds.
void examine_network(Findings& findings);
// False with `why` where the file cannot be read or is no program.
bool examine_binary(Findings& findings, const InstallPlace& place, const std::string& path,
                    std::string& why);
bool examine_process(Findings& findings, const InstallPlace& place, unsigned pid, std::string& why);

}  // namespace autospan::cli
