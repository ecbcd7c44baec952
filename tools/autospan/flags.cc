// autospan flags: the compiler's flags that load the plugin and tell it what to instrument, one
// shell word each, safe in an unquoted $(…).
//
// The plugin takes name=value arguments. A value that a shell would split or expand is given as
// name-enc= with %XX escapes instead, which the plugin decodes: match-enc=Update%2A.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "command_line.h"
#include "export/store_directory.h"
#include "install_place.h"
#include "mapped_file.h"
#include "message.h"
#include "output.h"
#include "shell_word.h"

namespace autospan::cli {
namespace {

constexpr unsigned kMinStatementsMax = 1'000'000;

struct FlagsOptions {
  std::vector<std::string> match, skip;
  std::string rules, report, service, min_statements;
  unsigned clang = 0;
};

std::optional<int> read_options(const Arguments& arguments, FlagsOptions& options) {
  VerbApp app("flags",
              "Compiler flags that instrument functions, for clang++ $(autospan flags …).");
  // One value an option: a glob that begins with a dash or holds a comma is still one pattern.
  app.add_option("--match", options.match, "functions to take: glob, or re:REGEX; repeatable")
      ->type_name("GLOB")
      ->expected(1)
      ->take_all();
  app.add_option("--skip", options.skip, "functions to leave out; repeatable")
      ->type_name("GLOB")
      ->expected(1)
      ->take_all();
  app.add_option("--rules", options.rules, "rules in YAML")->type_name("FILE");
  app.add_option("--min-statements", options.min_statements,
                 "smallest function that a broad pattern takes (3; 0 takes all)")
      ->type_name("N");
  app.add_option("--report", options.report, "write what was taken and why to this directory")
      ->type_name("DIR");
  app.add_option("--service", options.service, "service name built into the program")
      ->type_name("NAME");
  app.add_option("--clang", options.clang,
                 "major version of the clang to use (default: the newest that "
                 "there is a plugin for)")
      ->type_name("N");
  app.footer(
      "Example: clang++-19 $(autospan flags --match 'Update*') -c job.cpp\n"
      "Exit codes: 0 printed, 1 no plugin, 2 usage, 3 the rules cannot be read.");
  return parse(app, arguments);
}

std::string argument(std::string_view name, std::string_view value) {
  return is_plain_word(value)
             ? fmt::format("-fplugin-arg-autospan-{}={}\n", name, value)
             : fmt::format("-fplugin-arg-autospan-{}-enc={}\n", name, percent_encoded(value));
}

const Plugin* choose_plugin(const InstallPlace& place, unsigned wanted) {
  for (const Plugin& plugin : place.plugins)
    if (wanted == 0 || plugin.clang_major == wanted) return &plugin;
  const std::string where = printable(fmt::format("{}", fmt::join(place.looked_in, ", ")));
  if (wanted != 0)
    complain("flags: no AutospanClang-{}.so under {}; build it with -DAUTOSPAN_CLANG_MAJORS={}",
             wanted, where, wanted);
  else
    complain("flags: no plugin under {}; build with -DAUTOSPAN_BUILD_PLUGIN=ON", where);
  return nullptr;
}

// A compiler cache must see a new command when the rules change.
std::string hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::optional<int> check(const FlagsOptions& options) {
  const auto refuse = [](std::string_view option, std::string_view value, std::string_view why) {
    complain("flags: {} '{}' {}", option, printable(value), why);
    return kUsage;
  };
  for (const std::string& glob : options.match)
    if (glob.empty()) return refuse("--match", glob, "is empty; give a function's name or a glob");
  for (const std::string& glob : options.skip)
    if (glob.empty()) return refuse("--skip", glob, "is empty; give a function's name or a glob");
  const std::string& count = options.min_statements;
  const bool number = count.find_first_not_of("0123456789") == count.npos && count.size() <= 7;
  if (!count.empty() && (!number || std::stoul(count) > kMinStatementsMax))
    return refuse("--min-statements", count, "must be a whole number from 0 to 1000000");
  return std::nullopt;
}

}  // namespace

int flags_verb(const Arguments& arguments) {
  FlagsOptions options;
  if (const auto end = read_options(arguments, options)) return *end;
  if (const auto end = check(options)) return *end;
  const InstallPlace place = own_install_place();
  const Plugin* const plugin = choose_plugin(place, options.clang);
  if (plugin == nullptr) return kNothingFound;
  if (!is_plain_word(plugin->path)) {
    complain(
        "flags: '{}' holds characters that an unquoted $(…) would split or expand; put autospan "
        "under a path of letters, digits and {}",
        printable(plugin->path), "_ - . , : / = + @");
    return kNothingFound;
  }
  std::string out = fmt::format("-fplugin={}\n", plugin->path);
  for (const std::string& glob : options.match) out += argument("match", glob);
  for (const std::string& glob : options.skip) out += argument("skip", glob);
  if (!options.rules.empty()) {
    MappedFile rules;
    if (!rules.open(options.rules)) {
      complain("flags: cannot read the rules '{}': {}", printable(options.rules),
               std::strerror(errno));
      return kUnreadable;
    }
    out += argument("rules", absolute_path(options.rules));
    out += argument("rules-hash", hash_of(rules.bytes()));
  }
  if (!options.min_statements.empty()) out += argument("min-statements", options.min_statements);
  if (!options.report.empty()) out += argument("report", absolute_path(options.report));
  if (!options.service.empty()) out += argument("service", options.service);
  // The macros' headers, so that one substitution is enough for a source that uses both.
  const std::string headers = place.root + "/include";
  if (access((headers + "/autospan/trace.h").c_str(), R_OK) == 0)
    out += fmt::format("-isystem{}\n", headers);
  return print(out);
}

}  // namespace autospan::cli
