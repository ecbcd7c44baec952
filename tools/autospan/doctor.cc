// autospan doctor: a set-up checked, a line each: ok, warn or fail, and what to do.
#include "doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "command_line.h"
#include "message.h"
#include "output.h"
#include "paint.h"
#include "pid_text.h"
#include "span_json.h"
#include "terminal.h"

namespace autospan::cli {
namespace {

struct DoctorOptions {
  std::string what;
  bool network = false, json = false;
};

std::optional<int> read_options(const Arguments& arguments, DoctorOptions& options) {
  VerbApp app("doctor", "Checks this machine, a program or a process, a line each.");
  app.add_option("what", options.what, "a program or shared library, or a pid")
      ->type_name("BINARY|PID");
  app.add_flag("--network", options.network, "also connect to the configured endpoint");
  app.add_flag("--json", options.json, "as JSON, \"schema\": 1");
  app.footer(
      "Exit codes: 0 nothing failed, 1 a check failed, 2 usage, 3 BINARY or PID cannot be read.");
  return parse(app, arguments);
}

std::string_view word(Finding::Grade grade) {
  return grade == Finding::Grade::kOk ? "ok" : grade == Finding::Grade::kWarn ? "warn" : "fail";
}

std::string as_text(const Findings& findings) {
  const Paint paint(output_colors(ColorChoice::kAuto));
  std::string out;
  for (const Finding& f : findings) {
    const Tone tone = f.grade == Finding::Grade::kFail   ? Tone::kError
                      : f.grade == Finding::Grade::kWarn ? Tone::kUnfinished
                                                         : Tone::kPlain;
    out += fmt::format("{}  {}  {}{}{}\n", paint(tone, pad_right(std::string(word(f.grade)), 4)),
                       pad_right(f.check, 10), printable(f.detail), f.advice.empty() ? "" : ": ",
                       printable(f.advice));
  }
  return out;
}

std::string as_json(const Findings& findings) {
  wire::ByteBuffer out;
  out.push('{');
  append_json_member(out, "schema", std::int64_t{kJsonSchema});
  append_json_key(out, "checks");
  out.push('[');
  for (const Finding& f : findings) {
    out.append(&f == findings.data() ? "{" : ",{");
    append_json_member(out, "check", f.check);
    append_json_member(out, "grade", word(f.grade));
    append_json_member(out, "detail", f.detail);
    append_json_member(out, "advice", f.advice);
    out.push('}');
  }
  out.append("]}\n");
  return std::string(out.view());
}

}  // namespace

int doctor_verb(const Arguments& arguments) {
  DoctorOptions options;
  if (const auto end = read_options(arguments, options)) return *end;
  const InstallPlace place = own_install_place();
  Findings findings;
  std::string why;
  unsigned pid = 0;
  if (options.what.empty()) {
    examine_machine(findings, place);
  } else if (!(is_pid(options.what, pid) ? examine_process(findings, place, pid, why)
                                         : examine_binary(findings, place, options.what, why))) {
    complain("doctor: {}: {}; give a program, a shared library or the pid of a running process",
             printable(options.what), printable(why));
    return kUnreadable;
  }
  if (options.network) examine_network(findings);
  const int printed = print(options.json ? as_json(findings) : as_text(findings));
  const bool failed = std::any_of(findings.begin(), findings.end(), [](const Finding& f) {
    return f.grade == Finding::Grade::kFail;
  });
  return failed ? kNothingFound : printed;
}

}  // namespace autospan::cli
