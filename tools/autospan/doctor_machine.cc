// The doctor on this machine and this environment.
#include <dirent.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "doctor.h"
#include "elf_facts.h"
#include "environment.h"
#include "export/dataset.h"
#include "export/message.h"
#include "export/pipeline.h"
#include "export/store_directory.h"
#include "export/transport.h"
#include "mapped_file.h"
#include "ring/directory.h"
#include "wire/version.h"

namespace autospan::cli {
namespace {

using Grade = Finding::Grade;

constexpr std::uint64_t kRingBytesWanted = 64u << 20;  // AUTOSPAN_RING_TOTAL_MB's default
constexpr int kConnectPatience_ms = 3000;

std::string looked_in(const InstallPlace& place) {
  return fmt::format("{}", fmt::join(place.looked_in, ", "));
}

void check_runtime(Findings& findings, const InstallPlace& place) {
  if (place.libraries.empty()) {
    findings.push_back({Grade::kFail, "runtime", "no libautospan.so under " + looked_in(place),
                        "build or install the runtime"});
    return;
  }
  const std::string path = place.libraries + "/libautospan.so.1";
  MappedFile file;
  ElfFacts facts;
  std::string why;
  if (!file.open(path) || !read_elf_facts(file.bytes(), facts, why))
    findings.push_back({Grade::kFail, "runtime",
                        fmt::format("{}: {}", path, why.empty() ? std::strerror(errno) : why),
                        "build or install the runtime again"});
  else
    findings.push_back({Grade::kOk, "runtime",
                        fmt::format("{} ABI {}, autospan {}", path, fmt::join(facts.abi_held, ", "),
                                    wire::version()),
                        ""});
}

// Majors of the clang++ on PATH: clang++-N, or where a plain clang++ leads.
std::set<unsigned> installed_clangs() {
  std::set<unsigned> majors;
  std::stringstream path(environment("PATH") != nullptr ? environment("PATH") : "");
  for (std::string directory; std::getline(path, directory, ':');) {
    DIR* const dir = opendir(directory.empty() ? "." : directory.c_str());
    if (dir == nullptr) continue;
    while (const dirent* const entry = readdir(dir)) {
      unsigned major = 0;
      int used = 0;
      if (std::sscanf(entry->d_name, "clang++-%u%n", &major, &used) == 1 &&
          entry->d_name[used] == '\0')
        majors.insert(major);
    }
    closedir(dir);
    char real[PATH_MAX];
    unsigned major = 0;
    if (realpath((directory + "/clang++").c_str(), real) != nullptr)
      if (const char* const llvm = std::strstr(real, "/llvm-"))
        if (std::sscanf(llvm, "/llvm-%u/", &major) == 1) majors.insert(major);
  }
  return majors;
}

void check_plugins(Findings& findings, const InstallPlace& place) {
  const std::set<unsigned> clangs = installed_clangs();
  if (place.plugins.empty())
    findings.push_back({Grade::kWarn, "plugin", "no AutospanClang-*.so under " + looked_in(place),
                        "build with -DAUTOSPAN_BUILD_PLUGIN=ON; the macros and "
                        "-finstrument-functions work without"});
  for (const Plugin& plugin : place.plugins) {
    if (clangs.count(plugin.clang_major) != 0)
      findings.push_back({Grade::kOk, "plugin", plugin.path, ""});
    else
      findings.push_back(
          {Grade::kWarn, "plugin",
           fmt::format("{}, but no clang++-{} on PATH", plugin.path, plugin.clang_major),
           fmt::format("install clang-{0}: the plugin loads into that major only",
                       plugin.clang_major)});
  }
  for (unsigned major : clangs) {
    bool served = false;
    for (const Plugin& plugin : place.plugins) served |= plugin.clang_major == major;
    if (!served && !place.plugins.empty())
      findings.push_back({Grade::kWarn, "plugin",
                          fmt::format("none for the installed clang {}", major),
                          fmt::format("use clang++-{}, or build with -DAUTOSPAN_CLANG_MAJORS={}",
                                      place.plugins.front().clang_major, major)});
  }
}

struct RingPlace {
  std::string usable;
  std::vector<std::string> refused;
};

void check_rings(Findings& findings) {
  RingPlace found;
  ring::visit_ring_directories(
      environment("AUTOSPAN_RING_DIR"), environment("TMPDIR"), true, &found,
      [](void* context, const char* path, ring::DirectoryState state) {
        auto& to = *static_cast<RingPlace*>(context);
        const char* const why = state == ring::DirectoryState::kForeign
                                    ? "not our own directory of mode 0700"
                                : state == ring::DirectoryState::kAbsent ? "cannot be made"
                                                                         : "too long";
        if (state == ring::DirectoryState::kUsable)
          to.usable = path;
        else
          to.refused.push_back(fmt::format("{} ({})", path, why));
        return state == ring::DirectoryState::kUsable;
      });
  for (const std::string& refused : found.refused)
    findings.push_back({Grade::kWarn, "rings", refused,
                        "passed over; make it a directory of your own, mode 0700"});
  struct statvfs space;
  if (found.usable.empty()) {
    findings.push_back({Grade::kFail, "rings", "no directory for ring files",
                        "set AUTOSPAN_RING_DIR to one of yours, mode 0700"});
  } else if (statvfs(found.usable.c_str(), &space) == 0 &&
             std::uint64_t{space.f_bavail} * space.f_frsize < 2 * kRingBytesWanted) {
    findings.push_back({Grade::kWarn, "rings",
                        fmt::format("{} has {} MB free", found.usable,
                                    std::uint64_t{space.f_bavail} * space.f_frsize >> 20),
                        "a ring takes up to 64 MB and at most half of what is free; set "
                        "AUTOSPAN_RING_DIR elsewhere"});
  } else {
    findings.push_back({Grade::kOk, "rings", found.usable, ""});
  }
}

// Enough to tell keys apart, not enough to use one: what is shorter than Honeycomb's keys are is
// not shown at all.
std::string masked(const std::string& key) {
  constexpr std::size_t kShownFrom = 22;
  return fmt::format("{}… ({} characters{})", key.substr(0, key.size() < kShownFrom ? 0 : 4),
                     key.size(), is_classic_key(key) ? ", classic" : "");
}

void check_exporters(Findings& findings) {
  std::vector<std::string> warnings;
  const ExportConfig config = read_export_config(environment, warnings);
  for (const std::string& warning : warnings)
    findings.push_back({Grade::kWarn, "export", warning, ""});
  if (config.honeycomb) {
    const bool library = !delivery::find_export_library(config.export_library).empty();
    findings.push_back({library ? Grade::kOk : Grade::kFail, "export",
                        fmt::format("honeycomb at {}, key {}",
                                    delivery::without_credentials(config.honeycomb_config.endpoint),
                                    masked(config.honeycomb_config.api_key)),
                        library ? ""
                        : config.export_library.empty()
                            ? "libautospan-export.so is missing: install "
                              "libcurl's development files and build again"
                            : "AUTOSPAN_EXPORT_LIBRARY names '" + config.export_library +
                                  "', which cannot be read"});
  }
  if (config.local) findings.push_back({Grade::kOk, "export", "the local store", ""});
  if (config.console)
    findings.push_back({Grade::kOk, "export", "the console (standard error)", ""});
  for (const std::string& file : config.files)
    findings.push_back({Grade::kOk, "export", "file " + file, ""});
  if (!config.any() && warnings.empty())
    findings.push_back(
        {Grade::kOk, "export",
         "nothing configured: spans stay in the ring; `autospan run` uses the local store", ""});
}

// The nearest directory above that exists decides.
void check_store(Findings& findings) {
  const std::string store = store_directory(environment);
  if (store.empty()) {
    findings.push_back(
        {Grade::kWarn, "store", "no place for the local store", "set AUTOSPAN_STORE, or HOME"});
    return;
  }
  std::string at = store;
  while (access(at.c_str(), F_OK) != 0 && at.rfind('/') != 0 && at.rfind('/') != at.npos)
    at.resize(at.rfind('/'));
  const bool writable = access(at.c_str(), W_OK | X_OK) == 0;
  findings.push_back({writable ? Grade::kOk : Grade::kFail, "store",
                      writable ? store : fmt::format("{}: {}", at, std::strerror(errno)),
                      writable ? "" : "set AUTOSPAN_STORE to a directory that you may write to"});
}

void check_clock(Findings& findings) {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string source;
  if (!std::getline(file, source))
    findings.push_back({Grade::kWarn, "clock", "the kernel does not say its clock source",
                        "spans may cost a little more"});
  else if (source == "tsc")
    findings.push_back({Grade::kOk, "clock", "tsc", ""});
  else
    findings.push_back({Grade::kWarn, "clock", "the kernel's clock source is " + source,
                        "the recorder tests the TSC itself and else reads CLOCK_MONOTONIC, at a "
                        "higher cost a span"});
}

// "" = connected.
std::string try_connect(const std::string& host, const std::string& port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found))
    return gai_strerror(error);
  std::string trouble = "no address";
  for (const addrinfo* a = found; a != nullptr && !trouble.empty(); a = a->ai_next) {
    const int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) continue;
    int error = connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
    pollfd answer{fd, POLLOUT, 0};
    if (error == EINPROGRESS) {
      socklen_t size = sizeof error;
      error = poll(&answer, 1, kConnectPatience_ms) == 1 ? 0 : ETIMEDOUT;
      if (error == 0) getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    trouble = error == 0 ? "" : std::strerror(error);
    close(fd);
  }
  freeaddrinfo(found);
  return trouble;
}

}  // namespace

void examine_machine(Findings& findings, const InstallPlace& place) {
  check_runtime(findings, place);
  check_plugins(findings, place);
  check_rings(findings);
  check_exporters(findings);
  check_store(findings);
  check_clock(findings);
}

void examine_network(Findings& findings) {
  std::vector<std::string> warnings;
  const ExportConfig config = read_export_config(environment, warnings);
  if (!config.honeycomb) {
    findings.push_back(
        {Grade::kWarn, "network", "no endpoint is configured", "set HONEYCOMB_API_KEY"});
    return;
  }
  const std::string url = delivery::without_credentials(config.honeycomb_config.endpoint);
  const std::size_t begin = url.find("://") + 3;
  std::string host = url.substr(begin, url.find('/', begin) - begin);
  std::string port = url.compare(0, 5, "https") == 0 ? "443" : "80";
  const std::size_t bracket = host.find(']'), colon = host.rfind(':');
  if (colon != host.npos && (bracket == host.npos || colon > bracket)) {
    port = host.substr(colon + 1);
    host.resize(colon);
  }
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const std::string trouble = try_connect(host, port);
  if (trouble.empty())
    findings.push_back({Grade::kOk, "network", url + " takes connections", ""});
  else
    findings.push_back({Grade::kFail, "network", fmt::format("{}: {}", url, trouble),
                        "check HONEYCOMB_API_ENDPOINT, the proxy and the firewall"});
}

}  // namespace autospan::cli
