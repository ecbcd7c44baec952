// autospan: finds the verb and hands it the rest of the line.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string_view>

#include "exit_code.h"
#include "message.h"
#include "verbs.h"
#include "wire/version.h"

namespace autospan::cli {
namespace {

struct Verb {
  std::string_view name;
  std::string_view arguments;
  std::string_view does;
  int (*run)(const Arguments&);
};
constexpr Verb kVerbs[] = {
    {"run", "[opts] -- CMD …", "run a job: its spans and its end become one trace", run_verb},
    {"view", "[TRACE|--last]", "a trace of the local store as a waterfall", view_verb},
    {"dump", "[FILE|PID|CORE]", "what a process did and was doing, after its death or now", dump_verb},
    {"on", "PID [opts]", "functions of a running process record: --match GLOB, --for 60s", on_verb},
    {"off", "PID [opts]", "and no more", off_verb},
    {"flags", "--match GLOB …", "compiler flags that instrument functions", flags_verb},
    {"libs", "", "linker flags of the runtime", libs_verb},
    {"explain", "[FUNCTION]", "which rule takes a function, or why none does", explain_verb},
    {"doctor", "[BINARY|PID]", "check this machine, a program or a process, a line each",
     doctor_verb},
};

void print_help(std::FILE* to) {
  fmt::print(to,
             "autospan: traces for C++ programs\n\n"
             "usage: autospan VERB [options]        autospan VERB --help tells more\n\n");
  for (const Verb& verb : kVerbs)
    fmt::print(to, "  {:<8} {:<16} {}\n", verb.name, verb.arguments, verb.does);
  fmt::print(to,
             "\nThe shortest way to a waterfall:\n"
             "  clang++-19 $(autospan flags --match 'Update*') job.cpp -o job $(autospan libs)\n"
             "  autospan run -- ./job\n"
             "  autospan view --last\n\n"
             "Where spans go: AUTOSPAN_EXPORT=honeycomb|local|file:PATH|console|none, or just\n"
             "HONEYCOMB_API_KEY; unset, `run` keeps them in the local store.\n");
}

int dispatch(const Arguments& arguments) {
  if (arguments.empty()) {
    print_help(stderr);
    return kUsage;
  }
  const std::string& word = arguments[0];
  if (word == "--version" || word == "-V") {
    fmt::print("autospan {}\n", wire::version());
    return kDone;
  }
  if (word == "--help" || word == "-h" || word == "help") {
    print_help(stdout);
    return kDone;
  }
  for (const Verb& verb : kVerbs)
    if (verb.name == word) return verb.run({arguments.begin() + 1, arguments.end()});
  complain("there is no verb '{}'; `autospan --help` lists them", printable(word));
  return kUsage;
}

}  // namespace
}  // namespace autospan::cli

int main(int argc, char** argv) {
  using namespace autospan::cli;
  try {
    return dispatch({argv + (argc > 0), argv + argc});
  } catch (const std::exception& error) {  // no memory, most likely
    complain("{}", error.what());
    return kUnreadable;
  }
}
