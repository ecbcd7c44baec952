// autospan libs: the linker's flags of the runtime, one shell word each.
#include <fmt/format.h>
#include <unistd.h>

#include "command_line.h"
#include "install_place.h"
#include "message.h"
#include "output.h"
#include "shell_word.h"

namespace autospan::cli {
namespace {

struct LibsOptions {
  bool no_rpath = false, static_library = false;
};

std::optional<int> read_options(const Arguments& arguments, LibsOptions& options) {
  VerbApp app("libs", "Linker flags of the runtime, for clang++ job.o $(autospan libs).");
  CLI::Option* const no_rpath =
      app.add_flag("--no-rpath", options.no_rpath,
                   "the program finds libautospan.so.1 by itself (ldconfig, LD_LIBRARY_PATH)");
  app.add_flag("--static", options.static_library,
               "the recorder within the program itself: one file, nothing to find at start")
      ->excludes(no_rpath);
  app.footer("Exit codes: 0 printed, 1 no runtime found, 2 usage.");
  return parse(app, arguments);
}

}  // namespace

int libs_verb(const Arguments& arguments) {
  LibsOptions options;
  if (const auto end = read_options(arguments, options)) return *end;
  const InstallPlace place = own_install_place();
  const std::string& directory = place.libraries;
  if (directory.empty()) {
    complain("libs: no libautospan.so under {}; build or install the runtime",
             printable(fmt::format("{}", fmt::join(place.looked_in, ", "))));
    return kNothingFound;
  }
  if (!is_plain_word(directory)) {
    complain(
        "libs: '{}' holds characters that an unquoted $(…) would split or expand; put autospan "
        "under a path of letters, digits and _ - . , : / = + @",
        printable(directory));
    return kNothingFound;
  }
  if (!options.static_library)
    return print(fmt::format("-L{0}\n-lautospan\n{1}", directory,
                             options.no_rpath ? "" : fmt::format("-Wl,-rpath,{}\n", directory)));
  const std::string archive = directory + "/libautospan.a";
  if (access(archive.c_str(), R_OK) != 0) {
    complain("libs: no {}; build or install autospan's static library", printable(archive));
    return kNothingFound;
  }
  return print(fmt::format("{}\n-pthread\n-ldl\n", archive));
}

}  // namespace autospan::cli
