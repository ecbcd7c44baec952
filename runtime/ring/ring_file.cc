#include "ring/ring_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace autospan::ring {

// posix_fallocate would fall back to writing; a file system without fallocate gets pages one by one.
static bool reserve(int fd, uint64_t offset, uint64_t bytes) {
  int r;
  do {
    r = fallocate(fd, 0, off_t(offset), off_t(bytes));
  } while (r != 0 && errno == EINTR);
  return r == 0;
}

// Addresses only: they cost nothing until they are opened.
static uint8_t* reserve_addresses(uint64_t bytes) {
  void* base = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return base == MAP_FAILED ? nullptr : static_cast<uint8_t*>(base);
}

// Over the front of `bytes + spare` addresses; null = refused, and errno says why.
static uint8_t* map_in_front(uint64_t bytes, uint64_t spare, int flags, int fd) {
  uint8_t* base = reserve_addresses(bytes + spare);
  if (!base) return nullptr;
  if (mmap(base, bytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED | MAP_NORESERVE, fd, 0) != MAP_FAILED)
    return base;
  const int why = errno;
  munmap(base, bytes + spare);
  errno = why;
  return nullptr;
}

Mapping create_file(const char* path, uint64_t bytes, uint64_t backed, uint64_t spare,
                    const char** why) {
  Mapping m;
  const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    *why = strerrordesc_np(errno);
    return m;
  }
  struct stat st;
  uint8_t* base = nullptr;
  if (ftruncate(fd, off_t(bytes)) == 0 && reserve(fd, 0, backed) && fstat(fd, &st) == 0)
    base = map_in_front(bytes, spare, MAP_SHARED, fd);
  if (!base) {
    *why = strerrordesc_np(errno);
    unlink(path);
  } else {
    m = {base, bytes, spare, true, st.st_dev, st.st_ino};
  }
  close(fd);
  return m;
}

Mapping private_memory(uint64_t bytes, uint64_t spare) {
  Mapping m;
  if (uint8_t* base = map_in_front(bytes, spare, MAP_PRIVATE | MAP_ANONYMOUS, -1))
    m = {base, bytes, spare, false, 0, 0};
  return m;
}

bool make_private(const Mapping& m, uint64_t offset, uint64_t bytes) {
  return bytes == 0 || mmap(m.base + offset, bytes, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool open_private(const Mapping& m, uint64_t offset, uint64_t bytes) {
  return mprotect(m.base + offset, bytes, PROT_READ | PROT_WRITE) == 0;
}

// By its path, and only if that is still the same file: the host may have changed root or closed,
// reopened and renamed what it likes.
static bool reserve_by_path(const Mapping& m, const char* path, uint64_t offset, uint64_t bytes) {
  const int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat st;
  const bool same = fstat(fd, &st) == 0 && st.st_dev == m.device && st.st_ino == m.inode;
  const bool reserved = same && reserve(fd, offset, bytes);
  close(fd);
  return reserved;
}

bool back_range(const Mapping& m, const char* path, uint64_t offset, uint64_t bytes) {
  if (offset + bytes > m.bytes) return false;
  if (!m.in_file) return true;
  const int saved = errno;
  bool backed = reserve_by_path(m, path, offset, bytes);
  if (!backed)
    backed = madvise(m.base + offset, bytes, MADV_POPULATE_WRITE) == 0;
  errno = saved;
  return backed;
}

uint64_t affordable_bytes(const char* directory, uint64_t wanted) {
  rlimit limit;
  // Growing a file beyond RLIMIT_FSIZE is a SIGXFSZ in the host.
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur < wanted)
    wanted = limit.rlim_cur;
  struct statvfs fs;
  if (statvfs(directory, &fs) == 0) {
    const uint64_t half = uint64_t(fs.f_bavail) * fs.f_frsize / 2;
    if (half < wanted) wanted = half;
  }
  return wanted;
}

}  // namespace autospan::ring
