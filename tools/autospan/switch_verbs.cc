// autospan on, autospan off: functions of a running process, from outside it.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "command_line.h"
#include "drain/identity.h"
#include "duration_text.h"
#include "export/duration.h"
#include "live_ring.h"
#include "message.h"
#include "output.h"
#include "pid_text.h"
#include "ring/process_identity.h"
#include "ring/switch_rules.h"
#include "span_json.h"
#include "switch.h"
#include "wire/json_text.h"

namespace autospan::cli {
namespace {

constexpr std::size_t kNamesShown = 20;

struct SwitchOptions {
  std::string what, duration;
  std::vector<std::string> globs;
  bool json = false;
  std::int64_t duration_ns = 0;
};

std::optional<int> read_options(const Arguments& arguments, bool on, SwitchOptions& options) {
  const std::string verb = on ? "on" : "off";
  VerbApp app(verb, on ? "Functions of a running process record from now on."
                       : "Functions of a running process record no more.");
  app.add_option("what", options.what, "pid, or a ring file")->type_name("PID|FILE")->required();
  app.add_option("--match", options.globs,
                 "functions: without :: the own name, with :: the qualified one; repeatable (default: all)")
      ->type_name("GLOB")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--for", options.duration, "until then; afterwards as before (60s, 5m; default: for good)")
      ->type_name("DUR");
  app.add_flag("--json", options.json, "as JSON, \"schema\": 1");
  app.footer("Exit codes: 0 done, 1 no such process or ring, or no room for the rule, 2 usage, 3 unreadable.");
  if (const auto end = parse(app, arguments)) return end;
  for (const std::string& glob : options.globs) {
    const std::string fault = switch_glob_fault(glob);
    if (fault.empty()) continue;
    complain("{}: --match '{}' {}", verb, printable(glob), fault);
    return kUsage;
  }
  if (options.globs.empty()) options.globs = {"*"};
  if (options.duration.empty()) return std::nullopt;
  const auto duration = parse_duration(options.duration);
  if (!duration || duration->count() <= 0 || duration->count() > std::int64_t{1} << 62) {
    complain("{}: --for '{}' is no duration; give a number with us, ms, s, m, h or d", verb,
             printable(options.duration));
    return kUsage;
  }
  options.duration_ns = duration->count();
  return std::nullopt;
}

struct Found {
  std::unique_ptr<ring::RingView> view;  // null = none
  std::string why;                       // the end of a sentence that begins with the process
  int exit_code = kUnreadable;           // for that
};

Found find_process(unsigned pid) {
  if (ring::process_start_ticks(std::to_string(pid).c_str()) == 0)
    return {nullptr, "there is no such process", kNothingFound};
  if (auto view = ring_of_live(pid, true)) return {std::move(view), ""};
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  if (!maps || maps.peek() == std::ifstream::traits_type::eof())
    return {nullptr, "its memory may not be looked at: it belongs to another user, or is a kernel thread"};
  return {nullptr,
          "it has no ring file of its own: it is not instrumented, or ran no instrumented function yet, or has "
          "AUTOSPAN=off or AUTOSPAN_RING=memory",
          kNothingFound};
}

Found find_ring(const std::string& what) {
  unsigned pid = 0;
  if (is_pid(what, pid)) return find_process(pid);
  ring::OpenError error;
  Found found;
  found.view = ring::RingView::open(what, true, error, found.why);
  const bool ended = found.view && (drain::liveness(found.view->header().process) == drain::Liveness::kDead ||
                                    ring::load(found.view->header().state) != ring::kProcessLive);
  if (ended) return {nullptr, "its process has ended", kNothingFound};
  return found;
}

std::string text(const ring::RingView& view, const SwitchOptions& options, const SwitchOrder& order,
                 const SwitchOutcome& outcome) {
  std::string globs;
  for (const std::string& glob : order.globs) globs += (globs.empty() ? "" : ", ") + printable(glob);
  std::string out = fmt::format("{} ({}): {} {}{}\n", view.header().process.pid,
                                printable(view.text(ring::kTextProgram)), globs, order.on ? "on" : "off",
                                options.duration_ns ? " for " + duration_text(options.duration_ns) : "");
  out += fmt::format("{} function{} switched {}; of {} that ran so far {} match{}; others follow when they first run\n",
                     outcome.switched.size(), outcome.switched.size() == 1 ? "" : "s", order.on ? "on" : "off",
                     outcome.known, outcome.matched, outcome.matched == 1 ? "es" : "");
  const std::size_t shown = std::min(outcome.switched.size(), kNamesShown);
  for (std::size_t i = 0; i < shown; ++i) out += "  " + printable(outcome.switched[i]) + "\n";
  if (shown < outcome.switched.size()) out += fmt::format("  … and {} more\n", outcome.switched.size() - shown);
  if (options.duration_ns && !outcome.tended)
    out += "no thread of this process watches the clock: the time is noticed when a function first runs, or a "
           "thread has recorded some 200 spans more\n";
  return out;
}

std::string_view patching_word(std::uint32_t patching) {
  return patching == ring::kPatching ? "on" : patching == ring::kPatchingStuck ? "stuck" : "off";
}

std::string json(const ring::RingView& view, const SwitchOptions&, const SwitchOrder& order,
                 const SwitchOutcome& outcome) {
  wire::ByteBuffer out;
  const auto names = [&](std::string_view key, const std::vector<std::string>& list) {
    append_json_key(out, key);
    out.push('[');
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i != 0) out.push(',');
      wire::append_json_text(out, list[i]);
    }
    out.push(']');
  };
  const auto flag = [&](std::string_view key, bool value) {
    append_json_key(out, key);
    out.append(value ? "true" : "false");
  };
  out.push('{');
  append_json_member(out, "schema", std::int64_t{kJsonSchema});
  append_json_key(out, "process");
  out.push('{');
  append_json_member(out, "pid", std::int64_t{view.header().process.pid});
  append_json_member(out, "program", view.text(ring::kTextProgram));
  out.push('}');
  flag("on", order.on);
  names("match", order.globs);
  if (order.deadline_unix_ns != 0) {
    append_json_time(out, "until", order.deadline_unix_ns);
  } else {
    append_json_key(out, "until");
    out.append("null");
  }
  names("switched", outcome.switched);
  append_json_member(out, "matched", std::int64_t(outcome.matched));
  append_json_member(out, "known", std::int64_t(outcome.known));
  flag("tended", outcome.tended);
  append_json_member(out, "patching", patching_word(outcome.patching));
  out.append("}\n");
  return std::string(out.view());
}

int turn(const Arguments& arguments, bool on) {
  const char* verb = on ? "on" : "off";
  SwitchOptions options;
  if (const auto end = read_options(arguments, on, options)) return *end;
  const Found found = find_ring(options.what);
  if (!found.view) {
    complain("{}: {}: {}", verb, printable(options.what), printable(found.why));
    return found.exit_code;
  }
  SwitchOrder order{on, options.globs, 0};
  if (options.duration_ns) {
    const std::int64_t now = ring::realtime_ns();
    order.deadline_unix_ns = options.duration_ns > INT64_MAX - now ? INT64_MAX : now + options.duration_ns;
  }
  std::string message;
  const auto outcome = turn_switches(*found.view, order, message);
  if (!outcome) {
    complain("{}: {}: {}", verb, printable(options.what), message);
    return kNothingFound;
  }
  if (on && outcome->patching == ring::kPatchingStuck)
    complain("on: {}: calls that were patched away stay so: the process may no longer write its text (seccomp, "
             "SELinux, PR_SET_MDWE); start it with AUTOSPAN_PATCH=off", printable(options.what));
  else if (outcome->tended && !outcome->applied)
    complain("{}: {}: the process has not taken note yet: it is stopped, or busy", verb, printable(options.what));
  return print((options.json ? json : text)(*found.view, options, order, *outcome));
}

}  // namespace

int on_verb(const Arguments& arguments) { return turn(arguments, true); }
int off_verb(const Arguments& arguments) { return turn(arguments, false); }

}  // namespace autospan::cli
