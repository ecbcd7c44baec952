#include "programs.h"

#include <fmt/format.h>
#include <limits.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace autospan::bench {
namespace fs = std::filesystem;

const std::string& own_directory() {
  static const std::string directory = fs::read_symlink("/proc/self/exe").parent_path();
  return directory;
}
std::string gcc_directory() { return fs::path(own_directory()).parent_path() / "gcc" / "bench"; }
bool exists(const std::string& path) { return fs::exists(path); }

namespace {
struct Scratch {
  std::string path;
  Scratch() {
    for (const char* under : {"/dev/shm", "/tmp"}) {
      path = std::string(under) + "/autospan-bench-XXXXXX";
      if (mkdtemp(path.data())) return;
    }
    path = own_directory() + "/scratch";
    fs::create_directories(path);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};
}  // namespace

const std::string& scratch() {
  static const Scratch directory;
  return directory.path;
}

static std::string ring_directory() {
  const std::string rings = scratch() + "/rings";
  if (fs::create_directories(rings)) fs::permissions(rings, fs::perms::owner_all);
  return rings;
}

std::string recording(const std::string& environment, const std::string& path) {
  return fmt::format("env AUTOSPAN_SITE_BUDGET=off AUTOSPAN_EXPORT=none AUTOSPAN_RING_DIR={} {} {}",
                     ring_directory(), environment, path);
}

// The program and the libraries beside it as they would be installed: stripped of debug
// information.
static std::string without_debug(const std::string& program, std::string& libraries) {
  const std::string to = fmt::format("{}/{:x}", scratch(), std::hash<std::string>()(program));
  libraries = to;
  const std::string copy = to + "/" + fs::path(program).filename().string();
  if (fs::exists(copy)) return copy;
  const std::string list = fmt::format(
      "mkdir -p {0} && for lib in $(ldd {1} | grep -o '/[^ ]*libautospan[^ ]*'); do "
      "objcopy --strip-debug $lib {0}/$(basename $lib) || exit 1; done && "
      "objcopy --strip-debug {1} {2}",
      to, program, copy);
  return std::system(list.c_str()) == 0 ? copy : std::string();
}

// What callgrind_annotate sums up, less what reading the clock without a TSC executes.
static double counted_instructions(const std::string& run) {
  const std::string command =
      fmt::format("rm -f {0}; {1}; callgrind_annotate --threshold=100 {0} 2>/dev/null",
                  scratch() + "/counts", run);
  std::FILE* pipe = popen(command.c_str(), "r");
  double sum = 0;
  char line[1024];
  while (pipe && std::fgets(line, sizeof line, pipe)) {
    std::string text = line;
    const std::size_t percent = text.find(" (");
    if (percent == std::string::npos) continue;
    std::string digits;
    for (const char c : text.substr(0, percent))
      if (c >= '0' && c <= '9') digits += c;
    const double instructions = digits.empty() ? 0 : std::atof(digits.c_str());
    if (text.find("PROGRAM TOTALS") != std::string::npos) sum += instructions;
    for (const char* clock : {"monotonic_ticks", "clock_gettime"})
      if (text.find(clock) != std::string::npos) {
        sum -= instructions;
        break;
      }
  }
  if (pipe) pclose(pipe);
  return sum;
}

Count callgrind(const std::string& program, const std::string& name, long calls,
                const std::string& environment) {
  if (!exists(program)) return {0, program + " was not built"};
  if (std::system("command -v valgrind objcopy >/dev/null 2>&1") != 0)
    return {0, "valgrind or objcopy is not there: ./dev setup test"};
  std::string libraries;
  const std::string copy = without_debug(program, libraries);
  if (copy.empty()) return {0, "objcopy could not copy " + program};
  const std::string run = recording(
      environment,
      fmt::format("LD_LIBRARY_PATH={} valgrind --tool=callgrind --callgrind-out-file={}/counts "
                  "--toggle-collect=autospan_bench_counted {} --count {} {} >/dev/null 2>&1",
                  libraries, scratch(), copy, name, calls));
  const double all = counted_instructions(run);
  return all > 0 ? Count{all, ""} : Count{0, "callgrind counted nothing"};
}

Count steps(const std::string& program, const std::string& name, long calls,
            const std::string& environment) {
  if (!exists(program)) return {0, program + " was not built"};
#if !defined(__x86_64__)
  return {0, "written for x86-64"};
#endif
  const pid_t child = fork();
  if (child == 0) {
    // The shell and env are traced into their exec, as is the program.
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    const std::string command =
        "exec " + recording(environment, fmt::format("{} --step {} {}", program, name, calls));
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  bool stepping = false;
  Count count;
  while (waitpid(child, &status, 0) == child) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) return {0, "it could not be stepped through"};
    if (!WIFSTOPPED(status)) continue;
    const int signal = WSTOPSIG(status);
    siginfo_t info{};
    ptrace(PTRACE_GETSIGINFO, child, nullptr, &info);
    const bool breakpoint = signal == SIGTRAP && info.si_code == SI_KERNEL;
    if (breakpoint && stepping) break;
    if (breakpoint)
      stepping = true;
    else if (stepping && signal == SIGTRAP)
      ++count.instructions;
    const long deliver = signal == SIGTRAP ? 0 : signal;
    ptrace(stepping ? PTRACE_SINGLESTEP : PTRACE_CONT, child, nullptr, deliver);
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return count;
}

}  // namespace autospan::bench
