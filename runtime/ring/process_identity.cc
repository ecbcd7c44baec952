#include "ring/process_identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace autospan::ring {

static void read_file(const char* path, char* out, size_t bytes) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t n = fd < 0 ? 0 : read(fd, out, bytes - 1);
  if (fd >= 0) close(fd);
  out[n > 0 ? n : 0] = 0;
}

// A UUID: 32 hex digits with dashes between.
static void read_boot_id(uint8_t out[16]) {
  char text[64];
  read_file("/proc/sys/kernel/random/boot_id", text, sizeof text);
  size_t digits = 0;
  for (const char* c = text; *c && digits < 32; ++c) {
    const int value = *c >= '0' && *c <= '9'   ? *c - '0'
                      : *c >= 'a' && *c <= 'f' ? *c - 'a' + 10
                                               : -1;
    if (value < 0) continue;
    out[digits / 2] = uint8_t(out[digits / 2] << 4 | value);
    ++digits;
  }
}

uint64_t process_start_ticks(const char* pid) {
  char path[40], text[512];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  read_file(path, text, sizeof text);
  // The command's name may hold spaces and parentheses: count fields from the last ')'.
  const char* c = strrchr(text, ')');
  if (!c || c[1] != ' ' || c[2] == 'Z') return 0;
  for (int field = 2; field < 22 && c; ++field) c = strchr(c + 1, ' ');
  return c ? strtoull(c + 1, nullptr, 10) : 0;
}

Identity current_identity() {
  Identity id{};
  read_boot_id(id.boot_id);
  struct stat st;
  if (stat("/proc/self/ns/pid", &st) == 0) id.pid_ns = st.st_ino;
  id.pid = uint32_t(getpid());
  id.start_ticks = process_start_ticks("self");
  return id;
}

Liveness liveness(const Identity& process, const Identity& own) {
  static const uint8_t kNoBoot[sizeof process.boot_id] = {};
  if (!memcmp(process.boot_id, kNoBoot, sizeof kNoBoot)) return Liveness::kUnknown;
  if (memcmp(process.boot_id, own.boot_id, sizeof own.boot_id) != 0) return Liveness::kDead;
  if (process.pid_ns != own.pid_ns) return Liveness::kUnknown;
  char pid[16];
  snprintf(pid, sizeof pid, "%u", process.pid);
  const uint64_t start = process_start_ticks(pid);
  return start != 0 && start == process.start_ticks ? Liveness::kAlive : Liveness::kDead;
}

}  // namespace autospan::ring
