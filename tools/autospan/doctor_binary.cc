// The doctor on a program, a shared library or a running process.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>

#include "autospan/abi.h"
#include "doctor.h"
#include "drain/dump.h"
#include "elf_facts.h"
#include "mapped_file.h"

namespace autospan::cli {
namespace {

using Grade = Finding::Grade;

constexpr std::string_view kRuntimeName = "libautospan.so.";

std::string versions_text(const std::set<unsigned>& versions) {
  return fmt::format("{}", fmt::join(versions, ", "));
}

void check_instrumented(Findings& findings, const ElfFacts& facts) {
  if (!facts.abi_held.empty())
    findings.push_back(
        {Grade::kOk, "code",
         fmt::format("holds the recorder itself, ABI {}", versions_text(facts.abi_held)), ""});
  else if (facts.abi_wanted.empty())
    findings.push_back(
        {Grade::kFail, "code", "not instrumented: it calls no autospan function",
         "compile with $(autospan flags --match …), or use the macros of autospan/trace.h; "
         "`autospan explain` says why a function is not taken"});
  else
    findings.push_back({Grade::kOk, "code",
                        fmt::format("instrumented: it calls {} functions of ABI {}", facts.sites,
                                    versions_text(facts.abi_wanted)),
                        ""});
  for (unsigned version : facts.abi_wanted)
    if (version != AUTOSPAN_ABI_VERSION)
      findings.push_back(
          {Grade::kFail, "abi",
           fmt::format("made for ABI {}, this autospan has {}", version, AUTOSPAN_ABI_VERSION),
           "compile and link with the same version of autospan"});
}

// Where the loader will look first. $ORIGIN is the binary's own directory.
std::string find_on_runpath(const ElfFacts& facts, const std::string& binary,
                            const std::string& name) {
  const std::string origin = binary.substr(0, binary.rfind('/'));
  std::string_view rest = facts.runpath;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    std::string directory(rest.substr(0, colon));
    rest.remove_prefix(colon == rest.npos ? rest.size() : colon + 1);
    for (const char* word : {"$ORIGIN", "${ORIGIN}"})
      if (const std::size_t at = directory.find(word); at != directory.npos)
        directory.replace(at, std::strlen(word), origin);
    const std::string path = directory + "/" + name;
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return {};
}

void check_runtime(Findings& findings, const ElfFacts& facts, const std::string& binary) {
  const auto needed =
      std::find_if(facts.needed.begin(), facts.needed.end(), [](const std::string& name) {
        return name.compare(0, kRuntimeName.size(), kRuntimeName) == 0;
      });
  if (needed == facts.needed.end()) {
    if (!facts.abi_wanted.empty() && facts.abi_held.empty())
      findings.push_back(
          {Grade::kWarn, "runtime", "it does not name libautospan.so itself",
           "fine for a shared library whose program links it; else link with $(autospan libs)"});
    return;
  }
  const std::string path = find_on_runpath(facts, binary, *needed);
  if (!path.empty())
    findings.push_back({Grade::kOk, "runtime", path, ""});
  else if (facts.runpath.empty())
    findings.push_back(
        {Grade::kWarn, "runtime", *needed + " with no rpath",
         "the loader must find it (ldconfig, LD_LIBRARY_PATH); $(autospan libs) sets an rpath"});
  else
    findings.push_back({Grade::kFail, "runtime",
                        fmt::format("{} is not in its rpath {}", *needed, facts.runpath),
                        "link again with $(autospan libs), or install the runtime there"});
}

// Paths of a process's maps, once each.
std::vector<std::string> mapped_paths(unsigned pid, std::string& why) {
  std::vector<std::string> paths;
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  if (!maps) why = std::strerror(errno);
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.find('/');
    if (slash == line.npos) continue;
    std::string path = line.substr(slash);
    if (std::find(paths.begin(), paths.end(), path) == paths.end())
      paths.push_back(std::move(path));
  }
  return paths;
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

void check_ring(Findings& findings, const std::string& path) {
  ring::OpenError error;
  std::string message;
  const auto view = ring::RingView::open(path, false, error, message);
  if (!view) {
    findings.push_back(
        {Grade::kWarn, "ring", message, "another user's or another container's: see from there"});
    return;
  }
  const drain::ProcessDump dump = drain::read_dump(*view);
  findings.push_back({Grade::kOk, "ring",
                      fmt::format("{}: {} finished spans in it, {} open", path,
                                  dump.batch.spans.size(), dump.open.size()),
                      ""});
  if (dump.lost != 0)
    findings.push_back({Grade::kWarn, "losses",
                        fmt::format("{} records were overwritten unread", dump.lost),
                        "give threads more room with AUTOSPAN_RING_KB"});
  if (dump.damaged != 0)
    findings.push_back({Grade::kFail, "damage",
                        fmt::format("{} parts do not hold together", dump.damaged),
                        "`autospan dump` names them; please report it"});
}

}  // namespace

bool examine_binary(Findings& findings, const InstallPlace&, const std::string& path,
                    std::string& why) {
  MappedFile file;
  ElfFacts facts;
  if (!file.open(path)) return why = std::strerror(errno), false;
  if (!read_elf_facts(file.bytes(), facts, why)) return false;
  char absolute[PATH_MAX];
  check_instrumented(findings, facts);
  check_runtime(findings, facts, realpath(path.c_str(), absolute) != nullptr ? absolute : path);
  return true;
}

bool examine_process(Findings& findings, const InstallPlace& place, unsigned pid,
                     std::string& why) {
  if (access(fmt::format("/proc/{}", pid).c_str(), F_OK) != 0)
    return why = "no such process", false;
  const std::vector<std::string> paths = mapped_paths(pid, why);
  if (paths.empty()) {
    if (why.empty()) why = "it has no memory: a kernel thread, or a zombie";
    return false;
  }
  if (!examine_binary(findings, place, fmt::format("/proc/{}/exe", pid), why)) return false;
  // A library may be what is instrumented: its program then is not at fault.
  const auto loaded = std::find_if(paths.begin(), paths.end(), [](const std::string& path) {
    return path.find("/libautospan.so") != path.npos;
  });
  if (loaded == paths.end())
    findings.push_back(
        {Grade::kWarn, "loaded", "libautospan.so is not mapped into it",
         "fine where the recorder is linked in statically; else nothing in it is traced"});
  else
    findings.push_back({Grade::kOk, "loaded", *loaded, ""});
  const auto ring = std::find_if(paths.begin(), paths.end(),
                                 [](const std::string& path) { return ends_with(path, ".ring"); });
  if (ring == paths.end())
    findings.push_back(
        {Grade::kWarn, "ring", "no ring file is mapped",
         "no span was recorded yet, or AUTOSPAN=off, or it keeps a ring in private memory"});
  else
    check_ring(findings, *ring);
  return true;
}

}  // namespace autospan::cli
