// Threads that come and go, children of fork, and hosts with habits of their own.
#include <autospan/trace.h>
#include <pthread.h>
#include <sys/syscall.h>

#include <set>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

TEST_CASE("every thread records into a ring of its own, and its records outlive it") {
  RecordedChild child;
  child.run([] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([t] {
        for (int i = 0; i < 1000; ++i) { TRACE_SPAN("work", "t", t, "i", i); }
      });
    for (auto& thread : threads) thread.join();
    return 1;
  });

  const auto dump = child.dump();
  CHECK(dump.batch.spans.size() == 8000);
  CHECK(dump.lost == 0);
  std::set<autospan::SpanId> ids;
  std::set<std::uint32_t> tids;
  for (const auto& span : dump.batch.spans) {
    ids.insert(span.span_id);
    tids.insert(span.thread_id);
  }
  CHECK(ids.size() == 8000);
  CHECK(tids.size() == 8);
}

TEST_CASE("many short threads stay within the total, and what gave way is counted") {
  RecordedChild child;
  child.run(
      [] {
        for (int t = 0; t < 500; ++t)
          std::thread([t] { TRACE_SPAN("short", "t", t); }).join();
        return 1;
      },
      {{"AUTOSPAN_RING_TOTAL_MB", "1"}});

  const auto dump = child.dump();
  CHECK(dump.batch.spans.size() + dump.lost == 500);
  CHECK(dump.batch.spans.size() > 40);
  CHECK(dump.damaged == 0);
}

TEST_CASE("a child of fork gets a file of its own and continues the trace") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("parent");
    const pid_t pid = fork();
    if (pid == 0) {
      {
        TRACE_SPAN("in child", "n", 1);
      }
      exit(3);
    }
    int status;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
  });

  const auto rings = child.rings();
  REQUIRE(rings.size() == 2);
  auto first = RecordedChild::dump_of(rings[0]), second = RecordedChild::dump_of(rings[1]);
  if (draw(first) != "parent\n") std::swap(first, second);
  CHECK(draw(first) == "parent\n");
  REQUIRE(second.batch.spans.size() == 1);
  CHECK(second.batch.spans[0].name == "in child");
  CHECK(second.batch.spans[0].trace_id == first.batch.spans[0].trace_id);
  CHECK(second.batch.spans[0].parent_id == first.batch.spans[0].span_id);
}

TEST_CASE("a signal handler's span inside another one is recorded whole") {
  RecordedChild child;
  child.run([] {
    struct sigaction action {};
    action.sa_handler = [](int) { TRACE_SPAN("handler"); };
    sigaction(SIGUSR1, &action, nullptr);
    {
      TRACE_SPAN("warm up");
    }
    raise(SIGUSR1);
    TRACE_SPAN("main");
    raise(SIGUSR1);
    return 1;
  });

  CHECK(draw(child.dump()) == "warm up\nhandler\nmain\n  handler\n");
}

TEST_CASE("signals at any moment neither tear nor unbalance the stack") {
  RecordedChild child;
  const int status = child.run([] {
    struct sigaction action {};
    action.sa_handler = [](int) { TRACE_SPAN("handler"); };
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    const pthread_t self = pthread_self();
    bool stop = false;
    std::thread sender([&] {
      while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) pthread_kill(self, SIGUSR1);
    });
    for (int i = 0; i < 20000; ++i) {
      TRACE_SPAN("outer", "i", i);
      TRACE_SPAN("inner");
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    sender.join();
    return 1;
  }, {{"AUTOSPAN_RING_KB", "4096"}});

  CHECK(WEXITSTATUS(status) == 1);
  const auto dump = child.dump();
  CHECK(dump.damaged == 0);
  CHECK(dump.open.empty());
  std::size_t outer = 0, inner = 0;
  for (const auto& span : dump.batch.spans) {
    outer += span.name == "outer";
    inner += span.name == "inner";
    CHECK(!span.abandoned);
  }
  CHECK(outer + inner + dump.lost >= 40000);
}

TEST_CASE("a signal handler never waits for a lock that the recorder holds below it") {
  // Each span registers a site, under the lock; the handler fills its ring and wants the same lock.
  static std::vector<autospan_v1_site> sites(3000);
  RecordedChild child;
  const int status = child.run(
      [] {
        alarm(20);
        struct sigaction action {};
        action.sa_handler = [](int) {
          for (int i = 0; i < 100; ++i) {
            TRACE_SPAN("handler");
          }
        };
        action.sa_flags = SA_RESTART;
        sigaction(SIGUSR1, &action, nullptr);
        const pthread_t self = pthread_self();
        bool stop = false;
        std::thread sender([&] {
          while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
            pthread_kill(self, SIGUSR1);
            usleep(20);
          }
        });
        const std::string name(1000, 'n');
        for (autospan_v1_site& site : sites) {
          site.bytes = sizeof site;
          site.kind = AUTOSPAN_SITE_SPAN;
          site.name = site.function = site.file = name.c_str();
          const autospan_v1_guard guard = autospan_v1_enter_0(&site);
          autospan_v1_exit(guard);
        }
        __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
        sender.join();
        return 1;
      },
      {{"AUTOSPAN_RING_KB", "16384"}});
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(child.dump().damaged == 0);
}

TEST_CASE("a host that waits for signals with sigwait keeps its behaviour while spans are exported") {
  RecordedChild child;
  const int status = child.run(
      [] {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set, nullptr);
        {
          TRACE_SPAN("start");
        }
        usleep(50000);  // the drain thread is up
        kill(getpid(), SIGTERM);
        int signal = 0;
        sigwait(&set, &signal);
        return signal == SIGTERM ? 17 : 18;
      },
      {{"AUTOSPAN_EXPORT", "file:/dev/null"}});

  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 17);
}

TEST_CASE("a child of a bare clone waits for no drain thread of its parent's") {
  RecordedChild child;
  const int status = child.run(
      [] {
        {
          TRACE_SPAN("parent");
        }
        // Loaded and idle: a bare clone takes the loader's lock along as it is.
        autospan::flush(2000);
        usleep(20000);
        const pid_t pid = pid_t(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
        if (pid == 0) exit(7);
        int end = 0;
        for (int tenths = 0; tenths < 15; ++tenths) {  // the exit deadline is 2 s
          if (waitpid(pid, &end, WNOHANG) == pid) return WEXITSTATUS(end);
          usleep(100000);
        }
        kill(pid, SIGKILL);
        return 99;
      },
      {{"AUTOSPAN_EXPORT", "file:/dev/null"}});
  CHECK(WEXITSTATUS(status) == 7);
}
