// Runs a row of the host program, plain and recorded, and compares what a user would see.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "../../support/recorded_child.h"

namespace host {

using autospan::test::Environment;
using Arguments = std::vector<std::string>;

inline std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Outcome {
  int status = -1;             // of wait
  std::string out, err;
  std::map<std::string, long> figures;
  int code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }
};

// A place for rings and files, and the program started in it.
class Place {
 public:
  explicit Place(std::string rings = {}) : rings_(std::move(rings)) {
    if (rings_.empty()) rings_ = directory_.path();
  }

  // Does not wait; `before` runs in the child.
  pid_t start(const Arguments& arguments, const Environment& environment,
              const std::function<void()>& before = {}) const {
    std::fflush(nullptr);
    const pid_t pid = fork();
    if (pid != 0) return pid;
    for (const char* name : {"AUTOSPAN", "AUTOSPAN_EXPORT", "AUTOSPAN_RING", "AUTOSPAN_KEEP", "TRACEPARENT",
                             "HONEYCOMB_API_KEY", "OTEL_SERVICE_NAME", "AUTOSPAN_DRAIN", "AUTOSPAN_RUN"})
      unsetenv(name);
    setenv("AUTOSPAN_RING_DIR", rings_.c_str(), 1);
    setenv("AUTOSPAN_SITE_BUDGET", "off", 1);
    setenv("HOST_FIGURES", file("figures").c_str(), 1);
    setenv("HOST_ROW", arguments[0].c_str(), 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    redirect(file("out"), STDOUT_FILENO);
    redirect(file("err"), STDERR_FILENO);
    if (before) before();
    std::vector<char*> argv{const_cast<char*>(HOST_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(HOST_PROGRAM, argv.data());
    _exit(98);
  }

  Outcome run(const Arguments& arguments, const Environment& environment = {},
              const std::function<void()>& before = {}) const {
    std::remove(file("figures").c_str());
    const pid_t pid = start(arguments, environment, before);
    Outcome outcome;
    while (waitpid(pid, &outcome.status, 0) < 0) {
    }
    outcome.out = read_all(file("out"));
    outcome.err = read_all(file("err"));
    std::ifstream figures(file("figures"));
    std::string name;
    for (long value; figures >> name >> value;) outcome.figures[name] = value;
    return outcome;
  }

  std::string file(const std::string& name) const { return directory_.path() + "/" + name; }
  const std::string& rings_directory() const { return rings_; }

  std::vector<std::string> rings() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(rings_))
      if (entry.path().extension() == ".ring") out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  std::vector<autospan::drain::ProcessDump> dumps() const {
    std::vector<autospan::drain::ProcessDump> out;
    for (const std::string& ring : rings()) out.push_back(autospan::test::RecordedChild::dump_of(ring));
    return out;
  }

 private:
  static void redirect(const std::string& path, int to) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, to);
    close(fd);
  }

  autospan::test::TemporaryDirectory directory_;
  std::string rings_;
};

}  // namespace host
