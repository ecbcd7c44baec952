#include "ring/directory.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace autospan::ring {

static DirectoryState check(const char* path, bool make) {
  if (make) mkdir(path, 0700);  // an existing one is judged below like a new one
  struct stat st;
  if (lstat(path, &st) != 0) return DirectoryState::kAbsent;
  if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 0777) != 0700)
    return DirectoryState::kForeign;
  return DirectoryState::kUsable;
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
