// Children of every make, and what becomes of descriptors and directories.
#include <autospan/trace.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "row.h"

extern char** environ;

namespace {

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
  }
  return status;
}

// Ends like a program of its own: with destructors.
[[noreturn]] void child(const char* how) {
  {
    TRACE_SPAN("in child", "how", std::string(how));
    std::printf("child of %s\n", how);
  }
  std::exit(21);
}

}  // namespace

HOST_ROW(fork) {
  TRACE_SPAN("parent");
  std::fflush(stdout);
  const pid_t pid = ::fork();
  if (pid == 0) child("fork");
  std::printf("ended %d\n", WEXITSTATUS(wait_for(pid)));
  return 12;
}

HOST_ROW(fork_raw) {
  TRACE_SPAN("parent");
  for (const char* how : {"_Fork", "clone"}) {
    std::fflush(stdout);
    const pid_t pid = *how == '_' ? _Fork() : pid_t(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (pid == 0) child(how);
    std::printf("ended %d\n", WEXITSTATUS(wait_for(pid)));
  }
  return 13;
}

// Many threads record while one forks, and threads fork at once: each child's span is the child of its
// own parent's.
HOST_ROW(fork_from_threads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 8; ++i) {
        TRACE_SPAN("forking", "t", t, "i", i);
        const pid_t pid = ::fork();
        if (pid == 0) {
          {
            TRACE_SPAN("forked", "t", t, "i", i);
          }
          _exit(0);
        }
        wait_for(pid);
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::puts("all reaped");
  return 14;
}

// A child may come to life while another thread records its very first span.
HOST_ROW(fork_while_attaching) {
  int hung = 0;
  std::fflush(stdout);
  for (int round = 0; round < 60; ++round) {
    const pid_t outer = ::fork();  // a fresh image each time
    if (outer == 0) {
      bool go = false;
      std::thread first([&] {
        while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE)) {
        }
        TRACE_SPAN("first");
      });
      __atomic_store_n(&go, true, __ATOMIC_RELEASE);
      for (int spin = 0; spin < round * 100; ++spin) __asm__ volatile("");
      const pid_t inner = ::fork();  // a bare clone would take the loader's locks along as they are
      if (inner == 0) {
        {
          TRACE_SPAN("inner");
        }
        _exit(0);
      }
      int status = 0, tenths = 0;
      while (waitpid(inner, &status, WNOHANG) == 0 && tenths < 50) {
        usleep(tenths < 10 ? 1000 : 100'000);
        ++tenths;
      }
      first.join();
      if (tenths == 50) kill(inner, SIGKILL);
      _exit(tenths == 50 ? 1 : 0);
    }
    hung += WEXITSTATUS(wait_for(outer));
  }
  std::printf("%d hung\n", hung);
  return 15;
}

namespace {

// In the child of vfork: records, and leaves a span open.
[[gnu::noinline]] void run_child(const char* path, const char* const* arguments) {
  TRACE_SPAN("about to exec", "path", std::string(path));
  {
    TRACE_SPAN("closed in child");
  }
  execv(path, const_cast<char* const*>(arguments));
  _exit(127);
}

[[gnu::noinline]] int vfork_and_wait(const char* path, const char* const* arguments) {
  TRACE_SPAN("vfork");
  const pid_t pid = ::vfork();
  if (pid == 0) run_child(path, arguments);
  return wait_for(pid);
}

}  // namespace

HOST_ROW(vfork) {
  const char* const yes[] = {"sh", "-c", "echo executed; exit 4", nullptr};
  std::fflush(stdout);
  // The process's first span is one of a child in its memory.
  const pid_t child_first = ::vfork();
  if (child_first == 0) run_child("/bin/sh", yes);
  const int first = wait_for(child_first);
  TRACE_SPAN("main");
  const int second = vfork_and_wait("/bin/sh", yes);
  const int none = vfork_and_wait("/no/such/program", yes);
  {
    TRACE_SPAN("after");
  }
  std::printf("%d %d %d\n", WEXITSTATUS(first), WEXITSTATUS(second), WEXITSTATUS(none));
  return 16;
}

HOST_ROW(posix_spawn) {
  TRACE_SPAN("main");
  std::fflush(stdout);
  for (int i = 0; i < 20; ++i) {
    TRACE_SPAN("spawn", "i", i);
    char name[] = "sh", option[] = "-c", command[] = "exit 3";
    char* const arguments[] = {name, option, command, nullptr};
    pid_t pid;
    if (::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, arguments, environ) != 0) return 1;
    std::printf("%d", WEXITSTATUS(wait_for(pid)));
  }
  std::puts("");
  return 17;
}

static const autospan_v1_param g_param{"i", nullptr, 0, AUTOSPAN_I64, 0, 0};
static autospan_v1_site g_left_open{0,       sizeof(autospan_v1_site), AUTOSPAN_SITE_SPAN, 0, "left open",
                                    nullptr, nullptr, nullptr, &g_param, 1, 1, 0, {}, 0, 0};

// A child in our memory, on a stack of its own.
HOST_ROW(clone_vm) {
  static char stack[256 * 1024];
  TRACE_SPAN("main");
  std::fflush(stdout);
  for (int i = 0; i < 30; ++i) {
    const pid_t pid = clone(
        [](void* number) -> int {
          const long n = reinterpret_cast<long>(number);
          {
            TRACE_SPAN("in shared memory", "i", n);
          }
          autospan_v1_enter_w(&g_left_open, autospan_u64(n));
          _exit(int(n));
        },
        stack + sizeof stack, CLONE_VM | SIGCHLD, reinterpret_cast<void*>(long(i)));
    TRACE_SPAN("wait", "i", i);
    if (WEXITSTATUS(wait_for(pid)) != i) std::puts("another end");
  }
  {
    TRACE_SPAN("after");
  }
  std::puts("shared");
  return 18;
}

// Such a child that ends by exit() runs our exit handlers; we go on.
HOST_ROW(clone_vm_exit) {
  static char stack[256 * 1024];
  {
    TRACE_SPAN("before");
  }
  std::fflush(stdout);
  const pid_t pid = clone(
      [](void*) -> int { std::exit(0); },
      stack + sizeof stack, CLONE_VM | SIGCHLD, nullptr);
  wait_for(pid);
  {
    TRACE_SPAN("after");
  }
  std::puts("still here");
  std::fflush(stdout);
  _exit(19);
}

HOST_ROW(exec) {
  {
    TRACE_SPAN("before");
  }
  std::fflush(stdout);
  if (argc == 2) execl(argv[0], argv[0], "exec", "again", nullptr);
  std::puts("executed");
  return 20;
}

// --- daemons ------------------------------------------------------------------------------------

namespace {

// What a daemon writes goes where it wants it, and only that.
int serve(const char* log) {
  const int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (int i = 0; i < 2000; ++i) {
    TRACE_SPAN("serve", "i", i, "text", "some words that the ring holds");
    if (i % 100 == 0) dprintf(fd, "%d\n", i);
  }
  dprintf(fd, "descriptor %d\n", fd);
  std::vector<int> more;
  for (int i = 0; i < 16; ++i) more.push_back(open("/dev/null", O_RDWR));
  dprintf(fd, "and %d to %d\n", more.front(), more.back());
  return 0;
}

}  // namespace

// argv[2]: its log. Becomes a daemon after its first spans, closes all that is open and goes to /.
HOST_ROW(daemon) {
  const std::string log = argv[2];
  {
    TRACE_SPAN("before", "i", 1);
  }
  if (::daemon(0, 0) != 0) return 1;
  close_range(0, ~0u, 0);
  {
    TRACE_SPAN("daemon");
    serve(log.c_str());
  }
  rename(log.c_str(), (log + ".done").c_str());
  return 0;
}

// The same without a fork: a drain thread is at work meanwhile.
HOST_ROW(close_everything) {
  std::puts("output");
  std::fflush(stdout);
  for (int i = 0; i < 100; ++i) {
    TRACE_SPAN("before", "i", i);
  }
  usleep(150'000);
  close_range(0, ~0u, 0);
  if (chdir("/") != 0) return 1;
  serve(argv[2]);
  usleep(150'000);
  return 23;
}

// Leaves the directory that a relative AUTOSPAN_RING_DIR was seen from.
HOST_ROW(goes_elsewhere) {
  {
    TRACE_SPAN("here");
  }
  if (chdir("/") != 0) return 1;
  for (int i = 0; i < 50000; ++i) {
    TRACE_SPAN("there", "i", i);
  }
  std::puts("moved");
  return argc > 2 ? 24 : 0;
}

// Many spans, for a file system that is full.
HOST_ROW(fill) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 20000; ++i) {
        TRACE_SPAN("fill", "t", t, "i", i, "text", "a text of more than sixteen letters");
        TRACE_FIELD("more", "a field with a text that takes another slot or two of the ring");
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::puts("filled");
  return 25;
}

HOST_ROW(one_span) {
  {
    TRACE_SPAN("one");
  }
  std::puts("one");
  return argc > 2 ? std::atoi(argv[2]) : 26;
}

HOST_ROW(one_span_open) {
  TRACE_SPAN("one", "pid", long(getpid()));
  _exit(0);
}

// A server that forks for every request.
HOST_ROW(many_children) {
  {
    TRACE_SPAN("parent");
  }
  for (int i = 0; i < 200; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      {
        TRACE_SPAN("request", "i", i);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) return 1;
  }
  std::puts("served");
  return 40;
}
