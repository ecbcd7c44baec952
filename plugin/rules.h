// Rules: which functions get a span, and which calls. A rule's `where` selects; all parts it states
// must hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "facts.h"
#include "pattern.h"
#include "secrets.h"
#include "wanted.h"

namespace autospan::plugin {

constexpr unsigned kMinStatementsDefault = 3;

// Which returned values are errors.
struct ErrorWhen {
  enum What {
    kNever,
    kCode,        // a std::error_code that is not zero
    kUnexpected,  // a std::expected without its value
    kNotOk,       // of a class with ok()
    kNegative,
    kZero,        // null and false too
    kNotZero,
    kOneOf,
  };
  What what = kNever;
  std::vector<std::int64_t> numbers;  // kOneOf
  std::vector<std::string> names;     // kOneOf: of enumerators
};

// What a rule's `do` asks for. Where several rules take a function each adds what it says.
struct Deeds {
  std::optional<bool> root;                 // starts a new trace, linked to the enclosing span
  std::optional<bool> cpu;                  // cpu_ms and wait_ms
  std::optional<unsigned> min_duration_us;  // shorter spans are folded into their parent
  std::optional<Wanted> capture;            // members and elements to show
  std::optional<std::string> name;          // see span_name.h
  std::optional<bool> stack;                // exception.stacktrace
  std::optional<bool> returned;             // return: true
  std::optional<ErrorWhen> error;

  void take(const Deeds& more);
};

struct Rule {
  std::string origin;  // how messages name it: `match='Update*'`, `autospan.yaml:2`
  std::optional<Pattern> function;
  std::string file;        // glob over the path; `*` stops at `/`, `**` does not
  bool annotated = false;  // annotation: trace
  std::optional<unsigned> min_statements;
  Deeds deeds;
};

struct RuleSet {
  std::vector<Rule> spans;
  std::vector<Rule> calls;  // the function called is what is matched
  std::vector<Pattern> skips;
  unsigned min_statements = kMinStatementsDefault;
  SecretNames secrets;
};

// Why a function has a span, or why not.
struct Verdict {
  bool span = false;
  bool excluded = false;          // by a skip: somebody wants it so, nothing to warn of
  std::string why;                // `match='Update*'`, or `skip='*Test'`, `is too small: …`
  Deeds deeds;                    // of all rules that take it
  std::vector<unsigned> matched;  // the rules whose `where` takes this function by name
};

Verdict judge(const RuleSet& rules, const FunctionFacts& function);

// The same of calls of a function; `matched` counts on behind the rules of spans. A function that has a
// span of its own has none around its calls.
Verdict judge_call(const RuleSet& rules, const FunctionFacts& callee);

}  // namespace autospan::plugin
