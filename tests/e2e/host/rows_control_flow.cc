// Signals, jumps, fibers, and libraries that come and go.
#include <autospan/trace.h>
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "row.h"

namespace {

long g_handled = 0;

void handler(int) {
  TRACE_SPAN("handler", "n", g_handled);
  TRACE_FIELD("text", "from the handler");
  ++g_handled;
}

}  // namespace

HOST_ROW(signal_handlers) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &action, nullptr);
  const itimerval often{{0, 200}, {0, 200}};
  setitimer(ITIMER_PROF, &often, nullptr);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 60000; ++i) {
        TRACE_SPAN("work", "i", i);
        TRACE_SPAN("inside", "text", std::string("some text"));
        for (int k = 0; k < 500; ++k) asm volatile("" ::: "memory");  // time for signals to come
      }
    });
  for (std::thread& thread : threads) thread.join();
  const itimerval never{};
  setitimer(ITIMER_PROF, &never, nullptr);
  signal(SIGPROF, SIG_IGN);
  std::puts("handled");
  host::figure("handled", g_handled);
  return 30;
}

// The very first span in a handler, on an alternate stack of the usual size, with malloc in use.
HOST_ROW(first_span_in_handler) {
  static char stack[8192 + 4096];
  stack_t alternate{};
  alternate.ss_sp = stack;
  alternate.ss_size = 8192;
  sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, nullptr);
  alarm(20);
  raise(SIGUSR1);
  raise(SIGUSR1);
  std::printf("%ld\n", g_handled);
  return 31;
}

namespace {

jmp_buf g_back;

[[gnu::noinline]] void deep(int depth) {
  TRACE_SPAN("deep", "depth", depth);
  if (depth == 0) longjmp(g_back, 1);
  if (depth > 0) deep(depth - 1);  // g++ takes it for endless otherwise
}

}  // namespace

// Errors as C libraries tell them: the loop that they jump to is not recorded.
[[gnu::noinline]] static void fails(int i) {
  TRACE_SPAN("fails", "i", i);
  if (i >= 0) longjmp(g_back, 1);
}

HOST_ROW(longjmp_to_where_nothing_records) {
  volatile int turn = 0;
  while (turn < 20000) {
    const int round = turn;
    turn = round + 1;
    if (setjmp(g_back) == 0) fails(round);
  }
  std::puts("jumped");
  return 38;
}

static void large_handler(int) {
  volatile char room[200 * 1024];
  for (unsigned i = 0; i < sizeof room; i += 1024) room[i] = char(i);
  g_handled = g_handled + room[1024];
}

// A handler that asks for an alternate stack where there is none, and needs a large one.
HOST_ROW(large_handler_without_a_stack_of_its_own) {
  struct sigaction action {};
  action.sa_handler = large_handler;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, nullptr);
  {
    TRACE_SPAN("before");
  }
  raise(SIGUSR1);
  std::puts("handled");
  return 39;
}

HOST_ROW(longjmp_over_spans) {
  volatile int jumps = 0;
  volatile int turn = 0;
  while (turn < 200) {
    const int round = turn;
    turn = round + 1;
    TRACE_SPAN("round", "i", round);
    // Beyond a segment of the stack, too.
    if (setjmp(g_back) == 0)
      deep(round % 150);
    else
      jumps = jumps + 1;
    TRACE_SPAN("landed");
  }
  {
    TRACE_SPAN("after");
  }
  std::printf("%d jumps\n", int(jumps));
  return 32;
}

namespace {

ucontext_t g_main, g_contexts[3];
int g_turns = 0;

void fiber(int number) {
  for (int i = 0; i < 50; ++i) {
    TRACE_SPAN("fiber", "number", number, "i", i);
    {
      TRACE_SPAN("before the switch");
    }
    ++g_turns;
    swapcontext(&g_contexts[number], &g_contexts[(number + 1) % 3]);
    TRACE_SPAN("after the switch");
  }
}

}  // namespace

HOST_ROW(fibers) {
  static char stacks[3][256 * 1024];
  TRACE_SPAN("main");
  for (int i = 0; i < 3; ++i) {
    getcontext(&g_contexts[i]);
    g_contexts[i].uc_stack = {stacks[i], 0, sizeof stacks[i]};
    g_contexts[i].uc_link = &g_main;
    makecontext(&g_contexts[i], reinterpret_cast<void (*)()>(fiber), 1, i);
  }
  swapcontext(&g_main, &g_contexts[0]);
  {
    TRACE_SPAN("after");
  }
  std::printf("%d turns\n", g_turns);
  return 33;
}

namespace {

using Work = int (*)(int);

Work work_of(void* library) { return library ? reinterpret_cast<Work>(dlsym(library, "plugin_work")) : nullptr; }

}  // namespace

// An instrumented library, loaded and unloaded; its strings are gone with it. argv[2] times.
HOST_ROW(dlopen_dlclose) {
  TRACE_SPAN("main");
  const std::string path = host::beside("libhost_plugin.so");
  int sum = 0;
  for (int round = 0; round < std::atoi(argv[2]); ++round) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    const Work work = work_of(library);
    if (!work) return 1;
    sum += work(round);
    if (round % 10 == 0) std::thread([&] { sum += work(round); }).join();
    dlclose(library);
    if (void* still = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD)) {
      std::puts("still loaded");
      dlclose(still);
    }
  }
  std::printf("%d\n", sum);
  return 34;
}

// Constructors of a library record while other threads attach.
HOST_ROW(dlopen_while_attaching) {
  alarm(30);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t] {
      TRACE_SPAN("thread", "t", t);
    });
  void* library = dlopen(host::beside("libhost_plugin.so"), RTLD_NOW | RTLD_LOCAL);
  const Work work = work_of(library);
  std::printf("%d\n", work ? work(1) : -1);
  for (std::thread& thread : threads) thread.join();
  return 35;
}

// Copies of the runtime within libraries: each has the archive linked in, hidden from the others.
HOST_ROW(copies) {
  const bool main_first = argc > 2;
  if (main_first) {
    TRACE_SPAN("main", "first", true);
  }
  int sum = 0;
  for (const char* name : {"libhost_copy_a.so", "libhost_copy_b.so"}) {
    void* library = dlopen(host::beside(name), RTLD_NOW | RTLD_LOCAL);
    const Work work = work_of(library);
    if (!work) {
      std::printf("%s\n", dlerror());
      return 1;
    }
    for (int i = 0; i < 100; ++i) sum += work(i);
    // Its thread ends, and the process does, when it may be gone.
    std::thread([&] { sum += work(1); }).join();
    dlclose(library);
  }
  {
    TRACE_SPAN("main");
  }
  std::printf("%d\n", sum);
  return 36;
}

HOST_ROW(copy_in_a_namespace) {
  {
    TRACE_SPAN("main");
  }
  void* library = dlmopen(LM_ID_NEWLM, host::beside("libhost_plugin.so"), RTLD_NOW | RTLD_LOCAL);
  const Work work = work_of(library);
  if (!work) {
    std::printf("%s\n", dlerror());
    return 1;
  }
  std::printf("%d\n", work(3));
  {
    TRACE_SPAN("main");
  }
  return 37;
}
