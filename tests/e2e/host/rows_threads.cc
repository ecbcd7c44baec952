// Threads: many at once, many in turn, small stacks, cancellation, the end of a thread and of the
// process.
#include <autospan/trace.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "row.h"

namespace {

pthread_t start(void* (*body)(void*), void* argument, std::size_t stack = 64 * 1024) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, body, argument);
  pthread_attr_destroy(&attributes);
  if (error) {
    std::printf("pthread_create: %s\n", std::strerror(error));
    std::exit(3);
  }
  return thread;
}

long status_kb(const char* name) {
  long value = 0;
  if (std::FILE* f = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, f))
      if (!std::strncmp(line, name, std::strlen(name))) value = std::atol(line + std::strlen(name) + 1);
    std::fclose(f);
  }
  return value;
}

pthread_barrier_t g_all_there, g_may_go;

void* stay(void* number) {
  for (int i = 0; i < 3; ++i) {
    TRACE_SPAN("stay", "thread", reinterpret_cast<long>(number), "i", i);
  }
  pthread_barrier_wait(&g_all_there);
  pthread_barrier_wait(&g_may_go);
  TRACE_SPAN("go", "thread", reinterpret_cast<long>(number));
  return nullptr;
}

}  // namespace

// argv[2] threads live at once.
HOST_ROW(live_threads) {
  const long count = std::atol(argv[2]);
  pthread_barrier_init(&g_all_there, nullptr, unsigned(count + 1));
  pthread_barrier_init(&g_may_go, nullptr, unsigned(count + 1));
  std::vector<pthread_t> threads;
  for (long i = 0; i < count; ++i)
    threads.push_back(start(stay, reinterpret_cast<void*>(i), 32 * 1024));
  pthread_barrier_wait(&g_all_there);
  host::figure("anon_kb", status_kb("RssAnon"));
  host::figure("shmem_kb", status_kb("RssShmem"));
  host::figure("file_kb", status_kb("RssFile"));
  host::figure("tables_kb", status_kb("VmPTE"));
  pthread_barrier_wait(&g_may_go);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  std::printf("%ld threads\n", count);
  return 5;
}

// argv[2] threads one after the other, two at a time.
HOST_ROW(threads_in_turn) {
  const long count = std::atol(argv[2]);
  pthread_t before{};
  for (long i = 0; i < count; ++i) {
    const pthread_t now = start(
        [](void* number) -> void* {
          TRACE_SPAN("short", "i", reinterpret_cast<long>(number));
          return nullptr;
        },
        reinterpret_cast<void*>(i));
    if (i) pthread_join(before, nullptr);
    before = now;
  }
  pthread_join(before, nullptr);
  std::puts("all came and went");
  return 6;
}

// Each fills more than its ring: argv[2] threads, argv[3] spans.
HOST_ROW(caps) {
  static long spans;
  const long count = std::atol(argv[2]);
  spans = std::atol(argv[3]);
  std::vector<pthread_t> threads;
  for (long i = 0; i < count; ++i)
    threads.push_back(start(
        [](void*) -> void* {
          for (long s = 0; s < spans; ++s) {
            TRACE_SPAN("filling", "i", s, "text", "sixteen letters.");
          }
          return nullptr;
        },
        nullptr));
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  // A thread that comes when all others have had their fill.
  std::thread([] { TRACE_SPAN("late"); }).join();
  std::puts("full");
  return 7;
}

HOST_ROW(small_stacks) {
  for (int i = 0; i < 50; ++i)
    pthread_join(start(
                     [](void*) -> void* {
                       TRACE_SPAN("small", "text", "on a stack of the least size there is");
                       return nullptr;
                     },
                     nullptr, PTHREAD_STACK_MIN),
                 nullptr);
  std::puts("enough room");
  return 8;
}

namespace {

struct Counted {
  ~Counted() { __atomic_add_fetch(&unwound, 1, __ATOMIC_RELAXED); }
  static inline int unwound = 0;
};

}  // namespace

// Cancelled before the first span, and in the middle of them; the process goes on recording.
HOST_ROW(cancelled_threads) {
  int cancelled = 0;
  for (int round = 0; round < 60; ++round) {
    const pthread_t thread = start(
        [](void* round_number) -> void* {
          Counted counted;
          if (reinterpret_cast<long>(round_number) % 2) pthread_cancel(pthread_self());
          for (int i = 0;; ++i) {
            {
              TRACE_SPAN("until cancelled", "i", i);
            }
            if (i > 100) pthread_testcancel();
          }
          return nullptr;
        },
        reinterpret_cast<void*>(long(round)));
    if (round % 2 == 0) pthread_cancel(thread);
    void* result = nullptr;
    pthread_join(thread, &result);
    cancelled += result == PTHREAD_CANCELED;
  }
  {
    TRACE_SPAN("afterwards");
  }
  std::printf("%d cancelled, %d unwound\n", cancelled, Counted::unwound);
  return 9;
}

namespace {

// A destructor of a thread that records, at each of its stages.
struct Local {
  explicit Local(const char* n) : name(n) {}
  ~Local() {
    TRACE_SPAN("thread_local destructor", "of", std::string(name));
  }
  const char* name;
};
pthread_key_t g_keys[3];

void key_destructor(void* value) {
  TRACE_SPAN("key destructor", "round", reinterpret_cast<long>(value));
  // Set again: it comes in every round that there is.
  pthread_setspecific(g_keys[0], reinterpret_cast<void*>(reinterpret_cast<long>(value) + 1));
}

void* departing(void*) {
  thread_local Local early("early");
  {
    TRACE_SPAN("body");
  }
  thread_local Local late("late");
  for (pthread_key_t key : g_keys) pthread_setspecific(key, reinterpret_cast<void*>(1));
  return early.name == late.name ? &early : nullptr;
}

}  // namespace

HOST_ROW(thread_ends) {
  pthread_key_create(&g_keys[0], key_destructor);
  {
    TRACE_SPAN("main is attached");  // its key stands between the others
  }
  for (int i : {1, 2}) pthread_key_create(&g_keys[i], [](void*) { TRACE_SPAN("another key"); });
  for (int i = 0; i < 300; ++i) pthread_join(start(departing, nullptr), nullptr);
  std::puts("departed");
  return 10;
}

// --- the end of the process ---------------------------------------------------------------------

namespace {

bool row_is(const char* name) {
  const char* row = std::getenv("HOST_ROW");
  return row && !std::strcmp(row, name);
}

struct Static {
  Static() {
    if (!row_is("process_ends")) return;
    TRACE_SPAN("static constructor");
    std::puts("constructed");
  }
  ~Static() {
    if (!row_is("process_ends")) return;
    TRACE_SPAN("static destructor");
    std::puts("destroyed");
    std::fflush(stdout);
  }
} g_static;

}  // namespace

// Called by the destructors of libraries that know nothing of the recorder: one of them comes after it.
extern "C" void host_records_late(const char* who) {
  if (!row_is("process_ends")) return;
  for (int i = 0; i < 1000; ++i) {
    TRACE_SPAN("after shutdown", "who", std::string(who));
    TRACE_FIELD("i", i);
  }
  std::thread([] { TRACE_SPAN("a thread after shutdown"); }).join();
  if (write(STDOUT_FILENO, "late\n", 5) != 5) _exit(99);
}

HOST_ROW(process_ends) {
  std::atexit([] {
    TRACE_SPAN("atexit");
    std::puts("atexit");
  });
  TRACE_SPAN("main");
  std::thread([] {
    for (;;) {
      TRACE_SPAN("still running");
    }
  }).detach();
  std::puts("main");
  return argc > 2 ? std::atoi(argv[2]) : 0;
}

// What a failed call left for its caller to see is still there in a function that records.
HOST_ROW(errno_stays) {
  int wrong = 0;
  for (int i = 0; i < 3000; ++i) {
    errno = ENOTTY;
    TRACE_SPAN("look", "i", i);
    wrong += errno != ENOTTY;
    errno = EDOM;
  }
  std::thread([&] {
    errno = EXDEV;
    TRACE_SPAN("attach");
    wrong += errno != EXDEV;
  }).join();
  std::printf("%d wrong\n", wrong);
  return 11;
}
