// autospan explain: hands over to autospan-clang, the only program of ours that links LLVM.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "exit_code.h"
#include "install_place.h"
#include "message.h"
#include "output.h"
#include "verbs.h"

namespace autospan::cli {

int explain_verb(const Arguments& arguments) {
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
  std::vector<char*> words{const_cast<char*>(tool.c_str()), const_cast<char*>("explain")};
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execv(tool.c_str(), words.data());
  complain("explain: cannot start {}: {}", printable(tool), std::strerror(errno));
  return kUnreadable;
}

}  // namespace autospan::cli
