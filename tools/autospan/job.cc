#include "job.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace autospan::cli {
namespace {

constexpr int kForwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

sigset_t awaited() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : kForwarded) sigaddset(&set, signal);
  sigaddset(&set, SIGCHLD);
  return set;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

// A descriptor closed on purpose (cron, 2>&-) stays closed for the job. For ourselves it must not
// become the next file that we open, or a warning would land in a segment of the store.
void occupy_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
      return;
}

// errno of the child's exec, or 0: the pipe closes with a successful one.
int read_report(int fd) {
  int error = 0;
  ssize_t n;
  do n = read(fd, &error, sizeof error);
  while (n < 0 && errno == EINTR);
  close(fd);
  return n == ssize_t{sizeof error} ? error : 0;
}

}  // namespace

Job::Start Job::start(const std::vector<std::string>& command,
                      const std::vector<std::string>& environment) {
  const std::vector<char*> words = pointers(command);
  const std::vector<char*> variables = pointers(environment);
  const sigset_t set = awaited();
  sigprocmask(SIG_BLOCK, &set, &inherited_mask_);
  // Inherited as ignored, children would be reaped by the kernel and their end lost.
  struct sigaction by_default{};
  by_default.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &by_default, &inherited_child_action_);

  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return start_errno_ = errno, Start::kNoProcess;
  pid_ = fork();
  if (pid_ == 0) become(words.data(), variables.data(), report[1]);
  start_errno_ = pid_ < 0 ? errno : 0;
  close(report[1]);
  const int exec_error = read_report(report[0]);
  occupy_standard_descriptors();
  if (pid_ < 0) return Start::kNoProcess;
  if (exec_error == 0) return Start::kRunning;
  start_errno_ = exec_error;
  while (!reap() && errno == EINTR) {
  }
  return Start::kNotExecuted;
}

void Job::become(char* const* command, char* const* environment, int report_fd) {
  sigaction(SIGCHLD, &inherited_child_action_, nullptr);
  sigprocmask(SIG_SETMASK, &inherited_mask_, nullptr);
  execvpe(command[0], command, environment);
  const int error = errno;
  if (write(report_fd, &error, sizeof error) < 0) _exit(126);
  _exit(error == ENOENT ? 127 : 126);
}

bool Job::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const sigset_t set = awaited();
  for (;;) {
    if (reap()) return true;
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          deadline - std::chrono::steady_clock::now())
                          .count();
    if (left <= 0) return false;
    const timespec time{static_cast<time_t>(left / 1'000'000'000),
                        static_cast<long>(left % 1'000'000'000)};
    siginfo_t info;
    const int signal = sigtimedwait(&set, &info, &time);
    if (signal <= 0 || signal == SIGCHLD) continue;
    // The terminal's ^C and hang-up (SI_KERNEL) reach the whole process group, the job with it;
    // what the job itself sends around is not for it either.
    const bool from_a_process = info.si_code <= 0;
    if (from_a_process && info.si_pid != pid_) kill(pid_, signal);
  }
}

bool Job::reap() {
  const pid_t reaped = wait4(pid_, &wait_status_, start_errno_ == 0 ? WNOHANG : 0, &usage_);
  return reaped == pid_ || (reaped < 0 && errno == ECHILD);
}

int end_like(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return WEXITSTATUS(wait_status);
  const int signal = WTERMSIG(wait_status);
  prctl(PR_SET_DUMPABLE, 0);  // the job's core is the one to look at
  ::signal(signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  raise(signal);
  return 128 + signal;  // as PID 1 the kernel spares us
}

}  // namespace autospan::cli
