#include "dump_text.h"

#include <fmt/format.h>

#include "drain/identity.h"
#include "duration_text.h"
#include "fault_frame.h"
#include "paint.h"
#include "signal_text.h"
#include "span_facts.h"
#include "text_width.h"
#include "time_math.h"
#include "trace_header.h"
#include "waterfall.h"

namespace autospan::cli {
namespace {

using drain::Liveness;
using drain::ProcessDump;

std::string fault_lines(const ProcessDump& dump, const Paint& paint) {
  if (dump.fatal.signal == 0) return {};
  const FaultFrame frame = fault_frame(dump.fatal);
  const std::string cause = fault_cause(dump.fatal, dump.resource.pid);
  std::string out =
      paint(Tone::kError,
            fmt::format("{}{}{}, thread {}", signal_text(static_cast<int>(dump.fatal.signal)),
                        cause.empty() ? "" : ": ", cause, dump.fatal.tid)) +
      "\n  at " + fault_place(frame, dump.fatal.pc) + "\n";
  if (!frame.module.empty())
    out += fmt::format("  base {:#x}, build id {}\n", frame.base,
                       frame.build_id.empty() ? "none" : frame.build_id);
  return out;
}

std::string process_lines(const ProcessDump& dump, const Paint& paint) {
  const Resource& r = dump.resource;
  const std::string end = end_text(dump);
  const bool bad =
      end_word(dump) != "alive" && !(end_word(dump) == "exited" && dump.exit_status == 0);
  std::string out = fmt::format("{}  pid {}  {}\n", paint(Tone::kStrong, printable(r.program)),
                                r.pid, paint(bad ? Tone::kError : Tone::kPlain, end));
  if (r.service_name != r.program) out += fmt::format("service {}\n", printable(r.service_name));
  out += fmt::format("started {} · last sign of life {} later\n", moment_text(dump.started_unix_ns),
                     duration_text(saturated_sub(dump.last_unix_ns, dump.started_unix_ns)));
  out += fault_lines(dump, paint);
  out += fmt::format("ring {}\n", printable(dump.path));
  for (const std::string& sentence : dump.loss)
    out += paint(Tone::kUnfinished, "lost: " + printable(sentence)) + "\n";
  for (const drain::CountedCalls& c : dump.counted)
    out += fmt::format("counted: {} calls of {} without a span of their own, over the site's budget; now {}\n",
                       c.calls, printable(c.name), counted_state_text(c.state));
  for (const std::string& sentence : dump.damage)
    out += paint(Tone::kError, "damaged: " + printable(sentence)) + "\n";
  return out;
}

std::string open_line(const ProcessDump& dump, const drain::OpenSpan& open,
                      const WaterfallOptions& how, const Paint& paint) {
  const std::string indent(2 + 2 * std::min<std::size_t>(open.depth, how.width / 4), ' ');
  const std::string age = "  for " + duration_text(open.span.duration_ns);
  std::string line = printable(open.span.name);
  for (const std::string& argument : telling_fields({&dump.batch, &open.span}))
    line += "  " + argument;
  const std::size_t used = indent.size() + text_width(age);
  line = cut_to_width(line, how.width > used + 8 ? how.width - used : 8);
  return indent + paint(Tone::kUnfinished, line) + paint(Tone::kQuiet, age) + "\n";
}

std::string open_stacks(const ProcessDump& dump, const WaterfallOptions& how, const Paint& paint) {
  if (dump.open.empty()) return {};
  const bool alive = end_word(dump) == "alive";
  std::string out = paint(Tone::kStrong, alive ? "Open now, outermost first"
                                               : "Open when it ended, outermost first") +
                    "\n";
  std::uint32_t thread = 0;
  bool first = true, detached = false;
  for (const drain::OpenSpan& open : dump.open) {
    if (open.detached && !detached) out += "detached\n";
    if (!open.detached && (first || (open.depth == 0 && open.span.thread_id != thread)))
      out += fmt::format("thread {}\n", open.span.thread_id);
    first = false;
    detached |= open.detached;
    thread = open.span.thread_id;
    out += open_line(dump, open, how, paint);
  }
  return out + "\n";
}

// Open spans stand in the tree too, else all that they called would hang from (missing) parents.
SpanSet everything(const ProcessDump& dump) {
  SpanSet set;
  set.add(dump.batch);
  for (const drain::OpenSpan& open : dump.open) set.spans.push_back({&dump.batch, &open.span});
  set.settle();
  return set;
}

}  // namespace

std::string end_word(const ProcessDump& dump) {
  // A signal was fatal only where nothing came after it.
  if (dump.state == ring::kProcessExited) return "exited";
  if (dump.liveness == Liveness::kAlive) return "alive";
  if (dump.fatal.signal != 0) return "signal";
  return dump.liveness == Liveness::kDead ? "killed" : "unknown";
}

std::string end_text(const ProcessDump& dump) {
  const std::string word = end_word(dump);
  if (word == "signal") return "killed by " + signal_text(static_cast<int>(dump.fatal.signal));
  if (word == "exited")
    return dump.exit_status < 0 ? "exited" : fmt::format("exited with status {}", dump.exit_status);
  if (word == "killed")
    return "killed without a word (SIGKILL, out of memory, _exit, or a signal nobody watched)";
  if (word == "unknown")
    return "of another container or pid namespace: alive or dead, not known here";
  return word;
}

std::string dump_text(const ProcessDump& dump, const WaterfallOptions& how) {
  const Paint paint(how.colors);
  std::string out = process_lines(dump, paint) + "\n" + open_stacks(dump, how, paint);
  const SpanSet set = everything(dump);
  const SpanTree tree = build_tree(set, ParentElsewhere::kRoot);
  if (tree.spans == 0) return out + "No spans are left in it.\n";
  return out + paint(Tone::kStrong, count_text(tree)) + "\n" + waterfall(tree, set, how);
}

std::string rings_text(const std::vector<drain::KeptRing>& rings) {
  std::string out;
  for (const drain::KeptRing& ring : rings)
    out += fmt::format(
        "{}  {} pid {}  {}  {}\n", moment_text(ring.modified_unix_ns), printable(ring.program),
        ring.pid, ring.liveness == Liveness::kUnknown ? "elsewhere" : "dead", printable(ring.path));
  return out;
}

std::string counted_state_text(std::uint32_t state) {
  if (state == 0) return "a span each call";
  if (state > ring::kCounterRateMax) return "counted only";
  return fmt::format("1 span in {} calls", ring::counter_round(state));
}

}  // namespace autospan::cli
