#include "drain/identity.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace autospan::drain {
namespace {

std::string read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (!file) return {};
  char text[1024];
  const std::size_t n = std::fread(text, 1, sizeof text, file);
  std::fclose(file);
  return {text, n};
}

// Field 22 of /proc/PID/stat; 0 = no such process, or a zombie, which records no more.
std::uint64_t start_ticks(const std::string& pid) {
  const std::string stat = read_file("/proc/" + pid + "/stat");
  std::size_t at = stat.rfind(')');
  if (at == std::string::npos || at + 2 >= stat.size() || stat[at + 2] == 'Z') return 0;
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  return at == std::string::npos ? 0 : std::strtoull(stat.c_str() + at + 1, nullptr, 10);
}

void parse_boot_id(const std::string& text, std::uint8_t out[16]) {
  unsigned digits = 0;
  for (char c : text) {
    const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (value < 0 || digits == 32) continue;
    out[digits / 2] = std::uint8_t(out[digits / 2] << 4 | value);
    ++digits;
  }
}

ring::Identity read_own() {
  ring::Identity id{};
  parse_boot_id(read_file("/proc/sys/kernel/random/boot_id"), id.boot_id);
  struct stat st;
  if (stat("/proc/self/ns/pid", &st) == 0) id.pid_ns = st.st_ino;
  id.pid = std::uint32_t(getpid());
  id.start_ticks = start_ticks("self");
  return id;
}

}  // namespace

const ring::Identity& own_identity() {
  static ring::Identity id = read_own();
  if (id.pid != std::uint32_t(getpid())) id = read_own();  // a child of fork
  return id;
}

bool same_boot(const ring::Identity& process) {
  return std::memcmp(process.boot_id, own_identity().boot_id, sizeof process.boot_id) == 0;
}

Liveness liveness(const ring::Identity& process) {
  if (!same_boot(process)) return Liveness::kDead;
  if (process.pid_ns != own_identity().pid_ns) return Liveness::kUnknown;
  const std::uint64_t start = start_ticks(std::to_string(process.pid));
  return start != 0 && start == process.start_ticks ? Liveness::kAlive : Liveness::kDead;
}

}  // namespace autospan::drain
