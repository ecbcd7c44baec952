#include "ring/directory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace autospan::ring {

bool parse_ring_name(const char* name, uint32_t* program_bytes, uint32_t* pid) {
  constexpr size_t kTail = 1 + 16 + 5;
  const size_t length = strlen(name);
  if (length <= kTail || length >= kRingNameMax || strcmp(name + length - 5, ".ring") != 0) return false;
  size_t dash = length - kTail;
  if (name[dash] != '-') return false;
  while (dash > 0 && name[dash - 1] != '-') --dash;
  if (dash < 2) return false;
  *program_bytes = uint32_t(dash - 1);
  *pid = uint32_t(strtoul(name + dash, nullptr, 10));
  return *pid != 0;
}

static DirectoryState check(const char* path, bool make) {
  if (make) mkdir(path, 0700);  // an existing one is judged below like a new one
  struct stat st;
  if (lstat(path, &st) != 0) return DirectoryState::kAbsent;
  if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 0777) != 0700)
    return DirectoryState::kForeign;
  return DirectoryState::kUsable;
}

namespace {

struct Entry {       // linux_dirent64
  uint64_t inode;
  int64_t offset;
  uint16_t bytes;
  uint8_t type;
  char name[1];
};

}  // namespace

bool visit_entries(const char* directory, char* buffer, size_t bytes, void* context,
                   bool (*visit)(void* context, const char* name)) {
  const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  uint32_t seen = 0;
  bool found = false;
  while (!found && seen < kEntriesMax) {
    const long n = syscall(SYS_getdents64, fd, buffer, bytes);
    if (n <= 0) break;
    for (long at = 0; at < n && !found; ++seen) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
      found = visit(context, entry->name);
      at += entry->bytes;
    }
  }
  close(fd);
  return found;
}

void visit_ring_directories(const char* ring_dir, const char* tmpdir, bool make, void* context,
                            DirectoryVisitor visit) {
  char path[kPathMax];
  const unsigned uid = geteuid();
  const auto offer = [&](const char* format, const char* base) {
    const int n = base ? snprintf(path, sizeof path, format, base, uid)
                       : snprintf(path, sizeof path, format, uid);
    if (n < 0 || size_t(n) >= sizeof path) return visit(context, path, DirectoryState::kTooLong);
    return visit(context, path, check(path, make));
  };
  if (ring_dir && offer("%s", ring_dir)) return;
  // /run/autospan is made by an administrator: then each user's part is ours to make.
  if (access("/run/autospan", W_OK) == 0 && offer("/run/autospan/%u", nullptr)) return;
  if (offer("/dev/shm/autospan-%u", nullptr)) return;
  if (offer("%s/autospan-%u", tmpdir ? tmpdir : "/tmp")) return;
}

}  // namespace autospan::ring
