#include "ring/sweep.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ring/directory.h"
#include "ring/process_identity.h"

namespace autospan::ring {
namespace {

constexpr uint32_t kRingsMax = 1024;     // looked at: some 10 µs each

struct Found {
  char path[kPathMax + kRingNameMax];
  uint32_t program, program_bytes;       // within path
  int64_t seen_ns;                       // last sign of life
  uint64_t bytes;
  bool removable;                        // of a dead process of ours, and read where it had to be
  bool removed;
};

// Mapped for the sweep alone: the host's stack may be a small one, and its malloc in use.
struct Work {
  Identity own;
  KeepRules rules;
  int64_t now_ns;
  bool first_is_all;                     // a usable directory that was named is the only one
  const char* directory;                 // being looked at
  uint32_t count;
  uint16_t order[kRingsMax];
  FileHeader header;
  alignas(8) char entries[32 * 1024];
  Found found[kRingsMax];
};

int64_t nanoseconds(const timespec& t) { return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; }

// Pages that are only mapped tell the file's times nothing: the clock anchors do.
int64_t last_anchor(const FileHeader& h) {
  int64_t last = 0;
  for (const ClockAnchor& a : h.anchors)
    if (a.realtime_ns > last) last = a.realtime_ns;
  return last;
}

bool read_header(const char* path, FileHeader& h) {
  const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return false;
  const bool whole = pread(fd, &h, sizeof h, 0) == ssize_t(sizeof h);
  close(fd);
  return whole && !memcmp(h.magic, kMagic, sizeof kMagic);
}

// What the file and its header tell. False = not a ring to be judged.
bool look_at(Work& w, Found& f) {
  struct stat st;
  if (lstat(f.path, &st) != 0 || !S_ISREG(st.st_mode)) return false;
  f.seen_ns = nanoseconds(st.st_mtim);
  f.bytes = uint64_t(st.st_blocks) * 512;
  f.removable = f.removed = false;
  FileHeader& h = w.header;
  if (!read_header(f.path, h)) return true;  // being made, or foreign: by age alone
  const int64_t anchor = last_anchor(h);
  if (anchor > f.seen_ns && anchor <= w.now_ns) f.seen_ns = anchor;
  const Liveness alive = liveness(h.process, w.own);
  if (alive == Liveness::kAlive) return false;
  const bool awaited = h.run_id && !h.unfinished_exported && w.now_ns - f.seen_ns < w.rules.unread_ns;
  f.removable = alive == Liveness::kDead && !awaited;
  return true;
}

bool see(void* context, const char* name) {
  Work& w = *static_cast<Work*>(context);
  uint32_t program = 0, pid = 0;
  if (!parse_ring_name(name, &program, &pid)) return false;
  Found& f = w.found[w.count];
  const int n = snprintf(f.path, sizeof f.path, "%s/%s", w.directory, name);
  if (n < 0 || size_t(n) >= sizeof f.path) return false;
  f.program = uint32_t(strlen(w.directory)) + 1;
  f.program_bytes = program;
  if (!look_at(w, f)) return false;
  w.order[w.count] = uint16_t(w.count);
  return ++w.count == kRingsMax;
}

bool visit(void* context, const char* path, DirectoryState state) {
  Work& w = *static_cast<Work*>(context);
  const bool usable = state == DirectoryState::kUsable;
  w.directory = path;
  if (usable && w.count < kRingsMax) visit_entries(path, w.entries, sizeof w.entries, &w, see);
  const bool done = usable && w.first_is_all;
  w.first_is_all = false;
  return done;
}

// Newest first.
void sort(Work& w) {
  for (uint32_t gap = w.count / 2; gap > 0; gap /= 2)
    for (uint32_t i = gap; i < w.count; ++i) {
      const uint16_t index = w.order[i];
      uint32_t at = i;
      for (; at >= gap && w.found[w.order[at - gap]].seen_ns < w.found[index].seen_ns; at -= gap)
        w.order[at] = w.order[at - gap];
      w.order[at] = index;
    }
}

uint32_t newer_of_program(const Work& w, uint32_t place) {
  const Found& f = w.found[w.order[place]];
  uint32_t count = 0;
  for (uint32_t i = 0; i < place; ++i) {
    const Found& other = w.found[w.order[i]];
    count += !other.removed && other.program_bytes == f.program_bytes &&
             !memcmp(other.path + other.program, f.path + f.program, f.program_bytes);
  }
  return count;
}

size_t remove_unkept(Work& w) {
  size_t removed = 0;
  uint64_t bytes = 0;
  for (uint32_t place = 0; place < w.count; ++place) {
    Found& f = w.found[w.order[place]];
    const bool old = w.now_ns - f.seen_ns > w.rules.age_ns;
    const bool beyond = f.removable && (bytes + f.bytes > w.rules.total_bytes ||
                                        newer_of_program(w, place) >= w.rules.per_program);
    if (old || beyond) {
      f.removed = true;
      removed += unlink(f.path) == 0;
    } else {
      bytes += f.bytes;
    }
  }
  return removed;
}

}  // namespace

size_t sweep_rings(const char* ring_dir, const char* tmpdir, const KeepRules& rules,
                   const Identity& own) {
  void* pages = mmap(nullptr, sizeof(Work), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return 0;
  Work& w = *static_cast<Work*>(pages);
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  w.now_ns = nanoseconds(now);
  w.own = own;
  w.rules = rules;
  w.first_is_all = ring_dir != nullptr;
  visit_ring_directories(ring_dir, tmpdir, false, &w, visit);
  sort(w);
  const size_t removed = remove_unkept(w);
  munmap(pages, sizeof(Work));
  return removed;
}

}  // namespace autospan::ring
