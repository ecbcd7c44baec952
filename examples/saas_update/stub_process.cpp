#include "stub_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace {

constexpr int kStartTimeoutMs = 10'000;
constexpr std::size_t kFirstLineBytesMax = 200;

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
  }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends[0]; }
  int write_end() const { return ends[1]; }
  int TakeWriteEnd() { return std::exchange(ends[1], -1); }
  void CloseWriteEnd() { close(TakeWriteEnd()); }

  std::array<int, 2> ends{};
};

std::string ProgramBesideThisOne() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "saas_stub_server";
}

pid_t Spawn(std::vector<std::string> command, int child_stdin, int child_stdout) {
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_stdin, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child_stdout, STDOUT_FILENO);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), command[0]);
  return pid;
}

std::string ReadLine(int fd) {
  std::string line;
  char byte = 0;
  pollfd readable = {fd, POLLIN, 0};
  while (line.size() < kFirstLineBytesMax && poll(&readable, 1, kStartTimeoutMs) == 1 &&
         read(fd, &byte, 1) == 1) {
    if (byte == '\n') return line;
    line += byte;
  }
  throw std::runtime_error("the stub server did not say where it listens");
}

}  // namespace

StubProcess::StubProcess(const Options& options) {
  const std::string program = options.stub.empty() ? ProgramBesideThisOne() : options.stub;
  Pipe to_child;
  Pipe from_child;
  pid_ = Spawn({program, "--port", "0", "--users", std::to_string(options.users), "--seed",
                std::to_string(options.seed), "--latency", std::to_string(options.latency_ms)},
               to_child.read_end(), from_child.write_end());
  lifeline_ = to_child.TakeWriteEnd();
  from_child.CloseWriteEnd();  // so that the stub's death ends the read below
  try {
    url_ = ReadLine(from_child.read_end());
  } catch (...) {
    End();
    throw;
  }
}

StubProcess::~StubProcess() { End(); }

void StubProcess::End() {
  close(lifeline_);
  kill(pid_, SIGTERM);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}
