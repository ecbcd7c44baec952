#include "export/whole_lines.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

namespace autospan::delivery {
namespace {

constexpr int kReaderPatience_ms = 1000;  // how long a full pipe's reader may keep us waiting

bool ends_in_half_line(int fd) {
  char last = '\n';
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
         pread(fd, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

// -1 with errno when nothing more goes.
ssize_t write_some(int fd, std::string_view text, bool newline_first) {
  char newline = '\n';
  iovec parts[2] = {{&newline, 1}, {const_cast<char*>(text.data()), text.size()}};
  for (;;) {
    const ssize_t n = newline_first ? writev(fd, parts, 2) : write(fd, text.data(), text.size());
    if (n >= 0) return n;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -1;
    pollfd reader{fd, POLLOUT, 0};
    if (poll(&reader, 1, kReaderPatience_ms) <= 0) return errno = EAGAIN, -1;
  }
}

// Others may append to the same file: only an end that is still ours is taken back.
void take_back(int fd, std::size_t bytes) {
  struct stat status;
  const off_t end = lseek(fd, 0, SEEK_CUR);
  if (bytes == 0 || end < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (status.st_size == end && ftruncate(fd, end - static_cast<off_t>(bytes)) != 0) return;
}

}  // namespace

LinesWritten append_whole_lines(int fd, std::string_view text, bool end_half_line) {
  bool newline_first = end_half_line && ends_in_half_line(fd);
  std::size_t written = 0;
  int error = 0;
  while (written < text.size()) {
    ssize_t n = write_some(fd, text.substr(written), newline_first);
    if (n <= 0) {
      error = n == 0 ? EIO : errno;
      break;
    }
    if (newline_first) --n;
    newline_first = false;
    written += static_cast<std::size_t>(n);
  }
  const std::string_view done = text.substr(0, written);
  if (error != 0) {
    const std::size_t last_newline = done.rfind('\n');
    take_back(fd, last_newline == done.npos ? written : written - last_newline - 1);
  }
  return {static_cast<std::size_t>(std::count(done.begin(), done.end(), '\n')), error};
}

}  // namespace autospan::delivery
