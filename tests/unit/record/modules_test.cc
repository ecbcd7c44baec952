// What was loaded where, as a reader finds it in the ring, and what a thread is given for its
// signals.
#include <autospan/trace.h>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>

#include <fstream>
#include <thread>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;
using autospan::drain::LoadedModule;

namespace {

std::vector<LoadedModule> modules_of(const RecordedChild& child) {
  autospan::ring::OpenError error;
  std::string message;
  const auto view = autospan::ring::RingView::open(child.rings().at(0), false, error, message);
  REQUIRE(view);
  std::uint64_t damaged = 0;
  auto modules = autospan::drain::read_modules(*view, damaged);
  CHECK(damaged == 0);
  return modules;
}

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t lines = 0;
  for (std::string line; std::getline(maps, line);) ++lines;
  return lines;
}

// The test's own handlers, which a child of it would have.
void as_a_program_begins() {
  signal(SIGSEGV, SIG_DFL);
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
}

}  // namespace

extern "C" __attribute__((weak)) void __sanitizer_report_error_summary(const char*);

TEST_CASE("the module table names the program by its path, with its build id and place") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("s");
    raise(SIGKILL);
    return 0;
  });
  // A child of fork is mapped where its parent is.
  const auto here = reinterpret_cast<std::uint64_t>(&mappings);
  const auto found = autospan::drain::module_of(modules_of(child), here);
  REQUIRE(found);
  CHECK(found->path == std::filesystem::read_symlink("/proc/self/exe"));
  CHECK(found->build_id.size() >= 8);
  CHECK_FALSE(autospan::drain::module_of(modules_of(child), 0));
  CHECK_FALSE(autospan::drain::module_of(modules_of(child), 4096));
}

TEST_CASE("a library opened later is in the table once its first site records") {
  RecordedChild child;
  const int status = child.run([] {
    {
      TRACE_SPAN("before");
    }
    void* library = dlopen(AUTOSPAN_LATE_LIBRARY, RTLD_NOW);
    void* function = library ? dlsym(library, "late_span") : nullptr;
    if (!function) return 90;
    for (int i = 0; i < 3; ++i) reinterpret_cast<void (*)()>(function)();
    return 3;
  });
  CHECK(WEXITSTATUS(status) == 3);
  std::size_t found = 0;
  for (const LoadedModule& module : modules_of(child)) {
    if (std::filesystem::path(module.path).filename() !=
        std::filesystem::path(AUTOSPAN_LATE_LIBRARY).filename())
      continue;
    ++found;
    CHECK(module.build_id.size() >= 8);
    CHECK(module.begin < module.end);
  }
  CHECK(found == 1);
}

TEST_CASE(
    "a thread that records has an alternate stack while it lives, and leaves nothing behind") {
  if (__sanitizer_report_error_summary) return;  // none under sanitizers
  RecordedChild child;
  const int status = child.run([] {
    as_a_program_begins();
    const auto thread = [] {
      {
        TRACE_SPAN("s");
      }
      stack_t now;
      if (sigaltstack(nullptr, &now) != 0 || now.ss_flags & SS_DISABLE || now.ss_size < 64 * 1024)
        _exit(90);
    };
    TRACE_SPAN("main");
    for (int i = 0; i < 10; ++i) std::thread(thread).join();  // glibc keeps stacks of threads
    const std::size_t before = mappings();
    for (int i = 0; i < 200; ++i) std::thread(thread).join();
    return mappings() <= before + 4 ? 3 : 91;
  });
  CHECK(WEXITSTATUS(status) == 3);
}

TEST_CASE("the alternate stack of the host stays, and without signals there is none") {
  RecordedChild child;
  const int status = child.run([] {
    as_a_program_begins();
    static char own[32 * 1024];
    stack_t stack{own, 0, sizeof own}, now;
    sigaltstack(&stack, nullptr);
    TRACE_SPAN("s");
    return sigaltstack(nullptr, &now) == 0 && now.ss_sp == own ? 3 : 90;
  });
  CHECK(WEXITSTATUS(status) == 3);
  RecordedChild quiet;
  const int none = quiet.run(
      [] {
        as_a_program_begins();
        TRACE_SPAN("s");
        stack_t now;
        struct sigaction act;
        sigaction(SIGSEGV, nullptr, &act);
        return sigaltstack(nullptr, &now) == 0 && now.ss_flags & SS_DISABLE &&
                       act.sa_handler == SIG_DFL
                   ? 3
                   : 90;
      },
      {{"AUTOSPAN_SIGNALS", "off"}});
  CHECK(WEXITSTATUS(none) == 3);
}
