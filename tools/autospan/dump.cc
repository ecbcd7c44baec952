// autospan dump: what a process did and was doing, from its ring, dead or alive. Takes nothing and
// moves nothing.
#include "drain/dump.h"

#include <fmt/format.h>

#include <algorithm>

#include "command_line.h"
#include "core_ring.h"
#include "dump_text.h"
#include "dump_wire.h"
#include "live_ring.h"
#include "mapped_file.h"
#include "message.h"
#include "output.h"
#include "output_options.h"
#include "pid_text.h"

namespace autospan::cli {
namespace {

using drain::KeptRing;
using drain::Liveness;

struct DumpOptions {
  std::string what;
  std::string format = "tree";
  OutputOptions output;
};

std::optional<int> read_options(const Arguments& arguments, DumpOptions& options) {
  VerbApp app("dump", "What a process did and was doing, from its ring, dead or alive.");
  app.add_option("what", options.what,
                 "ring file, pid, or core file; without it, the kept rings and the newest")
      ->type_name("FILE|PID|CORE");
  app.add_option("--format", options.format,
                 "tree, json, honeycomb (event lines), otlp (OTLP/JSON) or chrome (Perfetto)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"tree", "json", "honeycomb", "otlp", "chrome"}).description(""));
  add_output_options(app, options.output);
  app.footer(
      "Exit codes: 0 dumped, 1 no such ring, 2 usage, 3 unreadable or not a ring of this format.");
  const auto end = parse(app, arguments);
  options.output.json |= options.format == "json";
  return end;
}

std::string directories_text() {
  const std::vector<std::string> directories = drain::ring_directories();
  return directories.empty() ? "any ring directory"
                             : printable(fmt::format("{}", fmt::join(directories, ", ")));
}

// A process that ended well leaves no ring; one that lives is not kept but in use.
std::vector<KeptRing> kept_rings() {
  std::vector<KeptRing> rings = drain::list_rings();
  rings.erase(std::remove_if(rings.begin(), rings.end(),
                             [](const KeptRing& r) { return r.liveness == Liveness::kAlive; }),
              rings.end());
  return rings;
}

int nothing_kept() {
  std::string alive;
  for (const KeptRing& ring : drain::list_rings())
    if (ring.liveness == Liveness::kAlive)
      alive +=
          fmt::format("{}{} ({})", alive.empty() ? "" : ", ", ring.pid, printable(ring.program));
  if (alive.empty())
    complain(
        "dump: no kept ring in {}; a ring is kept when its process dies, exits with a status other "
        "than 0, or could not deliver its spans",
        directories_text());
  else
    complain("dump: no kept ring in {}; alive: {}; `autospan dump PID` shows one",
             directories_text(), alive);
  return kNothingFound;
}

int show(drain::ProcessDump dump, const DumpOptions& options, const std::vector<KeptRing>* kept) {
  if (options.output.json) return print(dump_json(dump, kept));
  if (options.format == "honeycomb") return print(dump_honeycomb(std::move(dump)));
  if (options.format == "otlp") return print(dump_otlp(std::move(dump)));
  if (options.format == "chrome") return print(dump_chrome(std::move(dump)));
  std::string list;
  if (kept != nullptr)
    list = fmt::format("{} kept ring{}, newest first; `autospan dump FILE` shows one\n{}\n",
                       kept->size(), kept->size() == 1 ? "" : "s", rings_text(*kept));
  return print(list + dump_text(dump, options.output.waterfall()));
}

int dump_core(const std::string& path, std::string_view bytes, const DumpOptions& options) {
  CoreFile core;
  std::string why;
  if (!read_core(bytes, core, why)) {
    complain("dump: {}: {}", printable(path), why);
    return kUnreadable;
  }
  CoreRing ring = ring_of_core(core);
  if (!ring.view) {
    complain("dump: core file {}: {}", printable(path), printable(ring.why));
    return kNothingFound;
  }
  drain::ProcessDump dump = drain::read_dump(*ring.view, ring.source);
  if (ring.source == drain::Source::kCopy) dump.path = path;
  dump.damaged += ring.damaged;
  dump.damage.insert(dump.damage.begin(), ring.damage.begin(), ring.damage.end());
  add_signal_of_core(core, *ring.view, dump);
  return show(std::move(dump), options, nullptr);
}

int dump_ring(const std::string& path, const DumpOptions& options,
              const std::vector<KeptRing>* kept) {
  ring::OpenError error;
  std::string message;
  const auto view = ring::RingView::open(path, false, error, message);
  if (!view) {
    complain("dump: {}; give a .ring file that a traced program left, its core file, or a pid",
             printable(message));
    return kUnreadable;
  }
  return show(drain::read_dump(*view), options, kept);
}

int dump_file(const std::string& path, const DumpOptions& options) {
  MappedFile file;
  if (file.open(path) && is_core(file.bytes())) return dump_core(path, file.bytes(), options);
  return dump_ring(path, options, nullptr);
}

}  // namespace

int dump_verb(const Arguments& arguments) {
  DumpOptions options;
  if (const auto end = read_options(arguments, options)) return *end;
  if (options.what.empty()) {
    const std::vector<KeptRing> kept = kept_rings();
    return kept.empty() ? nothing_kept() : dump_ring(kept.front().path, options, &kept);
  }
  std::uint32_t pid = 0;
  if (!is_pid(options.what, pid)) return dump_file(options.what, options);
  if (const auto view = ring_of_live(pid))
    return show(drain::read_dump(*view, drain::Source::kLive), options, nullptr);
  for (const KeptRing& ring : drain::list_rings())
    if (ring.pid == pid) return dump_ring(ring.path, options, nullptr);
  complain(
      "dump: no ring of pid {} in {}; it was not traced, or ended well, or belongs to another user",
      pid, directories_text());
  return kNothingFound;
}

}  // namespace autospan::cli
