// Files: whole lines or none, whatever the disk does.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "export/line_sink.h"

using namespace autospan::delivery;
namespace fs = std::filesystem;

namespace {

struct Place {
  Place() {
    char name[] = "/tmp/autospan-test-XXXXXX";
    path = mkdtemp(name);
  }
  ~Place() { fs::remove_all(path); }
  fs::path path;
};

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> segments(const fs::path& directory) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE("the inbox grows segments that sort by time and belong to us alone") {
  Place place;
  const std::string inbox = place.path / "deep" / "inbox";
  auto sink = open_inbox(inbox, 40);
  for (int i = 0; i < 5; ++i)
    CHECK(sink->append("{\"line\":" + std::to_string(i) + "}\n{}\n").error == 0);
  const auto files = segments(inbox);
  REQUIRE(files.size() == 3);
  CHECK(contents(files[0]) == "{\"line\":0}\n{}\n{\"line\":1}\n{}\n");
  CHECK(contents(files[2]) == "{\"line\":4}\n{}\n");
  struct stat status;
  REQUIRE(stat(files[0].c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(stat(inbox.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  CHECK(files[0].extension() == ".ndjson");
}

TEST_CASE("a segment that was taken away is followed by a new one") {
  Place place;
  auto sink = open_inbox(place.path);
  sink->append("{}\n");
  fs::remove(segments(place.path).at(0));
  CHECK(sink->append("{}\n").lines == 1);
  CHECK(segments(place.path).size() == 1);
}

TEST_CASE("an unwritable inbox is an error by name, not a crash") {
  auto sink = open_inbox("/proc/autospan/inbox");
  const LinesWritten written = sink->append("{}\n");
  CHECK(written.lines == 0);
  CHECK(written.error != 0);
}

TEST_CASE("a full disk drops lines and counts them") {
  auto sink = open_line_file("/dev/full");
  const LinesWritten written = sink->append("{}\n{}\n");
  CHECK(written.lines == 0);
  CHECK(written.error == ENOSPC);
}

TEST_CASE("a full disk gets no empty segment a batch") {
  Place place;
  signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{0, before.rlim_max};
  auto sink = open_inbox(place.path);
  setrlimit(RLIMIT_FSIZE, &full);
  for (int i = 0; i < 3; ++i) CHECK(sink->append("{}\n").error == EFBIG);
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(segments(place.path).empty());
  CHECK(sink->append("{}\n").error == 0);
  CHECK(segments(place.path).size() == 1);
}

TEST_CASE("a line that does not fit leaves no half of it") {
  Place place;
  const fs::path path = place.path / "out";
  const pid_t child = fork();  // the limit is the process's
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{25, 25};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto sink = open_line_file(path);
    const LinesWritten written = sink->append("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n");
    _exit(written.lines == 3 && written.error == EFBIG ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(contents(path) == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
}

TEST_CASE("a half line that a crash left is ended first") {
  Place place;
  const fs::path path = place.path / "out";
  std::ofstream(path) << "{}\n{\"torn";
  auto sink = open_line_file(path);
  CHECK(sink->append("{}\n").lines == 1);
  CHECK(contents(path) == "{}\n{\"torn\n{}\n");
}

TEST_CASE("a FIFO that nobody reads is an error at once, one that is read gets whole lines") {
  Place place;
  const std::string path = place.path / "fifo";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  auto sink = open_line_file(path);
  CHECK(sink->append("{}\n").error == ENXIO);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  CHECK(sink->append("{}\n").lines == 1);
  char bytes[16];
  CHECK(read(reader, bytes, sizeof bytes) == 3);
  close(reader);
}

TEST_CASE("processes that append to one file do not tear each other's lines") {
  Place place;
  const fs::path path = place.path / "shared";
  const std::string batch(200, 'x');
  for (int writer = 0; writer < 4; ++writer) {
    if (fork() != 0) continue;
    auto sink = open_line_file(path);
    for (int i = 0; i < 200; ++i)
      sink->append(std::to_string(writer) + batch + "\n" + std::to_string(writer) + batch + "\n");
    _exit(0);
  }
  while (wait(nullptr) > 0) {
  }
  std::ifstream file(path);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;  // a writer that began while another wrote
    REQUIRE(line.size() == 201);
    ++lines;
  }
  CHECK(lines == 1600);
}
