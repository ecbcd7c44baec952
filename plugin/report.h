// What the rules took in one translation unit: for the warning of a single compile, and for the
// report that is merged per target after the link.
#pragma once

#include <string>
#include <vector>

#include "facts.h"
#include "rules.h"

namespace autospan::plugin {

struct ReportedFunction {
  std::string name;
  std::string file;
  unsigned line = 0;
  bool span = false;
  std::string why;
};

struct RuleTally {
  std::string origin;
  unsigned spans = 0;        // functions it gave a span
  unsigned excluded = 0;     // functions it matched and a skip took out
  std::string blocked_name;  // the first function it matched that could carry none, and why
  std::string blocked_why;
  std::string hint;  // what is odd about its pattern
};

class Report {
 public:
  explicit Report(const RuleSet& rules);

  void add(const FunctionFacts& function, const Verdict& verdict);
  // A template that a rule matches: no span until it is instantiated, and then one of its own.
  void add_template(const FunctionFacts& function, const Verdict& verdict);

  // One line for each rule that gave no span, ready to print.
  std::string warnings(const std::string& source) const;

  // Writes DIR/<name>-<hash>.json in one rename: one file an output, or where the output is a
  // compiler driver's temporary one a source. Returns what went wrong, or nothing.
  std::string write(const std::string& directory, const std::string& source,
                    const std::string& output) const;

 private:
  std::vector<RuleTally> rules_;
  std::vector<ReportedFunction> functions_;
};

}  // namespace autospan::plugin
