// autospan explain: hands over to autospan-clang, the only program of ours that links LLVM.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "exit_code.h"
#include "install_place.h"
#include "message.h"
#include "output.h"
#include "verbs.h"

namespace autospan::cli {

namespace {

constexpr std::string_view kHelp =
    "Which rule takes a function, or why none does.\n"
    "Usage: autospan explain [-p BUILD] [--match GLOB] [--skip GLOB] [--rules FILE]\n"
    "                        [--min-statements N] [--json] [FUNCTION…]\n"
    "       autospan explain --merge DIR [--target NAME] [--required] [--print] [--json]\n\n"
    "The first reads BUILD/compile_commands.json and tells each function's rule. The second "
    "merges\n"
    "the reports that a build with `autospan flags --report DIR` wrote, and names rules that took\n"
    "nothing.\n\n"
    "Exit codes: 0 done, 1 nothing found or a required rule took nothing, 2 usage, 3 unreadable.\n";

// autospan-clang knows them as two verbs.
Arguments with_its_verb(const Arguments& arguments) {
  Arguments words = arguments;
  const auto merge = std::find(words.begin(), words.end(), "--merge");
  const bool merges = merge != words.end();
  if (merges) words.erase(merge);
  words.insert(words.begin(), merges ? "merge" : "explain");
  return words;
}

}  // namespace

int explain_verb(const Arguments& arguments) {
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h"))
    return print(kHelp);
  const InstallPlace place = own_install_place();
  const std::vector<Plugin> tools = find_clang_tools(place);
  if (tools.empty()) {
    complain(
        "explain: no autospan-clang under {}/libexec/autospan; build with "
        "-DAUTOSPAN_BUILD_PLUGIN=ON "
        "(it needs LLVM's headers)",
        printable(place.root));
    return kNothingFound;
  }
  const std::string& tool = tools.front().path;
  const Arguments words = with_its_verb(arguments);
  std::vector<char*> pointers{const_cast<char*>(tool.c_str())};
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  execv(tool.c_str(), pointers.data());
  complain("explain: cannot start {}: {}", printable(tool), std::strerror(errno));
  return kUnreadable;
}

}  // namespace autospan::cli
