// The job of post_mortem_test.py: an open span or two, then the death that its argument names. Status
// 90 and above: what the test rests on did not hold.
#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "autospan/trace.h"

// Found by name in the dump.
[[gnu::noinline]] void fall_over(volatile int* where) { *where = 1; }
namespace billing {
struct Invoice {
  [[gnu::noinline]] static int divide(int by) { return 7 / by; }
};
}  // namespace billing

namespace {

volatile int* const kNowhere = reinterpret_cast<volatile int*>(0x10);

[[gnu::noinline]] int dig(int depth) {
  volatile char room[4096];
  room[0] = char(depth);
  return depth > 1 << 28 ? 0 : dig(depth + 1) + room[0];
}

void segv() { fall_over(kNowhere); }

void bus() {
  char path[] = "/tmp/autospan-bus-XXXXXX";
  const int fd = mkstemp(path);
  unlink(path);
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  fall_over(static_cast<volatile int*>(page));
}

using Handler = void (*)(int, siginfo_t*, void*);
struct sigaction g_found;

void install(int number, Handler handler, int flags = 0) {
  struct sigaction act {};
  act.sa_sigaction = handler;
  act.sa_flags = SA_SIGINFO | flags;
  if (sigaction(number, &act, &g_found) != 0) _exit(90);
}

void leave(int, siginfo_t*, void*) { _exit(7); }
// As crash reporters do: what was there before goes on with it.
void chain(int number, siginfo_t* info, void* context) {
  if (write(STDOUT_FILENO, "chain\n", 6) != 6) _exit(91);
  if (g_found.sa_flags & SA_SIGINFO) {
    g_found.sa_sigaction(number, info, context);
  } else if (g_found.sa_handler == SIG_DFL) {
    signal(number, SIG_DFL);
    raise(number);
  }
}
void restore(int number, siginfo_t*, void*) {
  if (write(STDOUT_FILENO, "restore\n", 8) != 8) _exit(91);
  sigaction(number, &g_found, nullptr);
}

int g_depth_left;
// Deeper than a minimal alternate stack.
void use_stack(int, siginfo_t*, void*) {
  volatile char room[32 * 1024];
  room[sizeof room - 1] = 1;
  room[0] = room[sizeof room - 1];
  g_depth_left = room[0];
}

void child_dies(bool own_span) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (own_span) {
      TRACE_SPAN("in child");
      segv();
    }
    segv();
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
    std::exit(92);
}

void vforked_child_dies() {
  const pid_t child = vfork();
  if (child == 0) {
    fall_over(kNowhere);
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
    std::exit(92);
}

void trap() {
#if defined(__x86_64__)
  asm volatile("int3");
#else
  raise(SIGTRAP);
#endif
}

void trapped_call() {
  // SECCOMP_RET_TRAP for getppid, everything else goes through.
  struct {
    unsigned short code;
    unsigned char jt, jf;
    unsigned k;
  } filter[] = {{0x20, 0, 0, 0}, {0x15, 0, 1, SYS_getppid}, {0x06, 0, 0, 0x00030000}, {0x06, 0, 0, 0x7fff0000}};
  struct {
    unsigned short length;
    void* filter;
  } program = {4, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, 2, &program) != 0)
    std::exit(93);
  getppid();
}

void call_late(const char* name) {
  void* library = dlopen(std::getenv("AUTOSPAN_TEST_LATE"), RTLD_NOW);
  void* function = library ? dlsym(library, name) : nullptr;
  if (!function) std::exit(97);
  reinterpret_cast<void (*)()>(function)();
}

struct Death {
  std::function<void()> before;  // the first span
  std::function<void()> in;      // it
};

const std::map<std::string, Death>& deaths() {
  static std::string stack(64 * 1024, 0);
  static const std::map<std::string, Death> all = {
      {"segv", {{}, segv}},
      {"gp", {{}, [] { fall_over(reinterpret_cast<volatile int*>(0x8000000000000000)); }}},
      {"call", {{}, [] {
         void (*volatile nobody)() = nullptr;
         nobody();
       }}},
      {"bus", {{}, bus}},
      {"abort", {{}, [] { std::abort(); }}},
      {"fpe", {{}, [] { billing::Invoice::divide(0); }}},
      {"ill", {{}, [] { __builtin_trap(); }}},
      {"trap", {{}, trap}},
      {"sys", {{}, trapped_call}},
      {"raise", {{}, [] { raise(SIGSEGV); }}},
      {"overflow", {{}, [] { dig(0); }}},
      {"thread-overflow", {{}, [] {
         std::thread([] {
           TRACE_SPAN("in thread");
           dig(0);
         }).join();
       }}},
      {"late", {{}, [] { call_late("late_crash"); }}},
      {"late-span", {{}, [] {
         call_late("late_span");
         raise(SIGKILL);
       }}},
      {"kill", {{}, [] { raise(SIGKILL); }}},
      {"wait", {{}, [] {
         std::puts("ready");
         std::fflush(stdout);
         for (;;) pause();
       }}},
      {"own-before", {[] { install(SIGSEGV, leave); }, segv}},
      {"own-after", {{}, [] { install(SIGSEGV, leave); segv(); }}},
      {"chain", {{}, [] { install(SIGSEGV, chain); segv(); }}},
      {"chain-abort", {{}, [] { install(SIGABRT, chain); std::abort(); }}},
      {"restore", {{}, [] { install(SIGSEGV, restore); segv(); }}},
      {"default-later", {{}, [] { signal(SIGSEGV, SIG_DFL); segv(); }}},
      {"ignored", {[] { signal(SIGTRAP, SIG_IGN); },
                   [] { raise(SIGTRAP); std::exit(3); }}},
      {"fork", {{}, [] { child_dies(false); std::exit(3); }}},
      {"fork-span", {{}, [] { child_dies(true); std::exit(3); }}},
      {"vfork", {{}, [] { vforked_child_dies(); std::exit(3); }}},
      {"altstack", {[] {
                      stack_t own{stack.data(), 0, stack.size()};
                      if (sigaltstack(&own, nullptr) != 0) std::exit(94);
                    },
                    [] {
                      stack_t now;
                      if (sigaltstack(nullptr, &now) != 0 || now.ss_sp != stack.data()) std::exit(95);
                      dig(0);
                    }}},
      {"altstack-later", {{}, [] {
                            stack_t own{stack.data(), 0, stack.size()}, found;
                            if (sigaltstack(&own, &found) != 0 || found.ss_flags & SS_DISABLE) std::exit(94);
                            dig(0);
                          }}},
      {"onstack", {{}, [] {
                     install(SIGUSR1, use_stack, SA_ONSTACK);
                     raise(SIGUSR1);
                     std::exit(g_depth_left == 1 ? 3 : 96);
                   }}},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto death = deaths().find(argc > 1 ? argv[1] : "");
  if (death == deaths().end()) return 2;
  if (argc <= 2) {  // a third argument: leave a core
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
  }
  const rlimit stack{1 << 20, 1 << 20};
  setrlimit(RLIMIT_STACK, &stack);
  if (death->second.before) death->second.before();
  TRACE_SPAN("start", "how", std::string(argv[1]));
  { TRACE_SPAN("finished", "n", 1); }
  TRACE_SPAN("crash", "email", std::string("ada@example.org"));
  death->second.in();
  return 0;
}
