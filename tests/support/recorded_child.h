// A child process that records, and what its ring tells afterwards. The test process itself never
// records: each case gets a fresh recorder in a directory of its own.
#pragma once

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drain/dump.h"

namespace autospan::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "autospan-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

using Environment = std::map<std::string, std::string>;

class RecordedChild {
 public:
  // Runs body in a child with exactly these AUTOSPAN_* variables (and a ring directory of its own);
  // its return value is the exit status. Returns the wait status.
  int run(const std::function<int()>& body, const Environment& environment = {}) {
    const pid_t pid = start(body, environment);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
    }
    return status;
  }
  // The same, not waited for.
  pid_t start(const std::function<int()>& body, const Environment& environment) {
    std::fflush(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
      for (const char* name : {"AUTOSPAN", "AUTOSPAN_EXPORT", "AUTOSPAN_RING", "TRACEPARENT",
                               "HONEYCOMB_API_KEY", "OTEL_SERVICE_NAME"})
        unsetenv(name);
      setenv("AUTOSPAN_RING_DIR", directory_.path().c_str(), 1);
      for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
      const std::string err = directory_.path() + "/stderr";
      if (!std::freopen(err.c_str(), "w", stderr)) _exit(99);
      exit(body());
    }
    return pid;
  }

  std::string stderr_text() const {
    std::string text;
    if (std::FILE* f = std::fopen((directory_.path() + "/stderr").c_str(), "r")) {
      for (int c; (c = std::fgetc(f)) != EOF;) text += char(c);
      std::fclose(f);
    }
    return text;
  }

  std::vector<std::string> rings() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      if (entry.path().extension() == ".ring") out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
  }

  // The only ring's content; empty and damaged where there is not exactly one.
  drain::ProcessDump dump() const {
    const auto paths = rings();
    if (paths.size() == 1) return dump_of(paths[0]);
    drain::ProcessDump none;
    none.damaged = 1000 + paths.size();
    return none;
  }
  static drain::ProcessDump dump_of(const std::string& path) {
    ring::OpenError error;
    std::string message;
    const auto view = ring::RingView::open(path, false, error, message);
    if (view) return drain::read_dump(*view);
    drain::ProcessDump none;
    none.damaged = 2000;
    return none;
  }
  const std::string& directory() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

// A span tree as a reader would draw it: two spaces a level, fields in order, "!" for errors, "…"
// for what is still open. Siblings by start.
std::string draw(const drain::ProcessDump& dump);
std::string draw_value(const Value& value);

}  // namespace autospan::test
