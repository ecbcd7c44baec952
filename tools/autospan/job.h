// The job of `autospan run`: one child process that must not notice its wrapper. It gets our
// descriptors, process group, signal mask and dispositions as we inherited them; we pass on what
// signals are sent to us alone, and end as it ended.
#pragma once

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace autospan::cli {

class Job {
 public:
  // What may fail before there is a job: errno of fork, or of execvp in the child.
  enum class Start { kRunning, kNoProcess, kNotExecuted };

  // From the call on, signals to forward and SIGCHLD are blocked in this process. Single-threaded
  // callers only: the child of a fork runs C++ before it becomes the job.
  Start start(const std::vector<std::string>& command, const std::vector<std::string>& environment);
  int start_errno() const { return start_errno_; }

  // Forwards signals until the job ends (true) or the time is up.
  bool wait(std::chrono::milliseconds timeout);

  pid_t pid() const { return pid_; }
  int wait_status() const { return wait_status_; }  // valid once wait() said true
  const rusage& usage() const { return usage_; }    // of the job and whom it waited for

 private:
  [[noreturn]] void become(char* const* command, char* const* environment, int report_fd);
  bool reap();

  pid_t pid_ = -1;
  int start_errno_ = 0;
  int wait_status_ = 0;
  rusage usage_{};
  sigset_t inherited_mask_{};
  struct sigaction inherited_child_action_{};
};

// Ends this process as the job ended, by the same signal where it was one: a shell sees 128+n from
// either. Returns the exit code to leave with where the job exited, or the signal does not kill us.
int end_like(int wait_status);

}  // namespace autospan::cli
