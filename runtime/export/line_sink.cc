#include "export/line_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "export/store_directory.h"
#include "wire/time_text.h"

namespace autospan::delivery {
namespace {

constexpr int kNamesTried = 16;  // two processes of one pid (containers) in one nanosecond

class Inbox : public LineSink {
 public:
  Inbox(std::string directory, std::size_t segment_bytes_max)
      : directory_(std::move(directory)), segment_bytes_max_(segment_bytes_max) {}

  const std::string& place() const override { return directory_; }

  LinesWritten append(std::string_view lines) override {
    const int fd = open_segment(lines.size());
    if (fd < 0) return {0, errno};
    const LinesWritten written = append_whole_lines(fd, lines);
    if (written.error == 0)
      bytes_ += lines.size();
    else
      give_up_segment(fd);
    close(fd);
    return written;
  }

 private:
  static constexpr int kFlags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;

  int open_segment(std::size_t more_bytes) {
    if (!segment_.empty() && bytes_ + more_bytes <= segment_bytes_max_) {
      const int fd = open(segment_.c_str(), kFlags);
      if (fd >= 0 || errno != ENOENT) return fd;  // ENOENT: ingested and removed
    }
    return create_segment();
  }

  int create_segment() {
    if (!make_private_directory(directory_)) return -1;
    bytes_ = 0;
    for (int tries = 0; tries < kNamesTried; ++tries) {
      segment_ = directory_ + "/" + name_of_now();
      const int fd = open(segment_.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
      if (fd >= 0) return fd;
      if (errno != EEXIST) break;
    }
    segment_.clear();
    return -1;
  }

  // Whatever is wrong with it, the next lines start anew. A full disk gets no empty file a batch.
  void give_up_segment(int fd) {
    struct stat status;
    if (fstat(fd, &status) == 0 && status.st_size == 0) unlink(segment_.c_str());
    segment_.clear();
  }

  std::string name_of_now() {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char time[wire::kTimeBytes];
    wire::put_time(time, now.tv_sec * 1'000'000'000 + now.tv_nsec);
    std::string name;
    for (char c : time)
      if (c != '-' && c != ':') name += c;  // 20261124T031149.061519157Z
    return name + "-" + std::to_string(getpid()) + "-" + std::to_string(++count_) + ".ndjson";
  }

  const std::string directory_;
  const std::size_t segment_bytes_max_;
  std::string segment_;
  std::size_t bytes_ = 0;
  unsigned count_ = 0;
};

class LineFile : public LineSink {
 public:
  explicit LineFile(std::string path) : path_(std::move(path)) {}

  const std::string& place() const override { return path_; }

  LinesWritten append(std::string_view lines) override {
    // O_NONBLOCK: a FIFO without a reader is an error, not a wait. (Read-write it would open, and
    // fill up for nobody.)
    constexpr int kFlags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    struct stat status;
    const bool plain = stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode);
    int fd = open(path_.c_str(), (plain ? O_RDWR : O_WRONLY) | kFlags, 0600);
    if (fd < 0 && plain && errno == EACCES) fd = open(path_.c_str(), O_WRONLY | kFlags, 0600);
    if (fd < 0) return {0, errno};
    const LinesWritten written = append_whole_lines(fd, lines, look_at_end_);
    close(fd);
    look_at_end_ = written.error != 0;
    return written;
  }

 private:
  const std::string path_;
  bool look_at_end_ = true;
};

}  // namespace

std::unique_ptr<LineSink> open_inbox(std::string directory, std::size_t segment_bytes_max) {
  return std::make_unique<Inbox>(std::move(directory), segment_bytes_max);
}

std::unique_ptr<LineSink> open_line_file(std::string path) {
  return std::make_unique<LineFile>(std::move(path));
}

}  // namespace autospan::delivery
