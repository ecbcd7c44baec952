#include "command_line.h"

#include <fmt/format.h>

#include "message.h"

namespace autospan::cli {

VerbApp::VerbApp(const std::string& verb, const std::string& does)
    : CLI::App(does, "autospan " + verb), verb_(verb) {
  get_formatter()->column_width(34);
}

std::optional<int> parse(VerbApp& app, const Arguments& arguments, int usage_code) {
  try {
    app.parse(Arguments(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return kDone;
  } catch (const CLI::ParseError& error) {
    complain("{}: {}; `{} --help` tells more", app.verb(), printable(error.what()), app.get_name());
    return usage_code;
  }
}

}  // namespace autospan::cli
