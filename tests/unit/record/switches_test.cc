// Functions switched on and off in a running process, from outside it; calls patched away and back.
#include <autospan/trace.h>
#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "catch.hpp"
#include "recorded_child.h"
#include "ring/switch_rules.h"
#include "switched_functions.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

using namespace autospan;
using namespace autospan::test;
using Variables = autospan::test::Environment;

namespace {

using Clock = std::chrono::steady_clock;
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // calls are not what they are in programs: none may be patched
#else
constexpr bool kSanitized = false;
#endif
#if defined(__x86_64__)
constexpr bool kPatches = !kSanitized;
#else
constexpr bool kPatches = false;
#endif
#if defined(__clang__)
constexpr bool kMeasured = !kSanitized;
#else
constexpr bool kMeasured = false;
#endif

// Waits for what another process does; generous, for busy machines.
template <class Condition>
bool until(Condition condition, std::chrono::milliseconds most = std::chrono::seconds(20)) {
  const auto end = Clock::now() + most;
  while (!condition()) {
    if (Clock::now() > end) return false;
    usleep(500);
  }
  return true;
}

// A process that stands by or records, seen from outside through its ring.
class Running {
 public:
  Running(const std::function<int()>& body, const Variables& environment) {
    pid_ = child_.start(body, environment);
  }
  ~Running() {
    kill(pid_, SIGKILL);
    int status;
    waitpid(pid_, &status, 0);
  }
  // The ring, once there is one.
  const ring::RingView& view() {
    if (view_) return *view_;
    ring::OpenError error;
    std::string message;
    until([&] {
      for (const std::string& path : child_.rings()) {
        view_ = ring::RingView::open(path, true, error, message);
        if (view_) return true;
      }
      return false;
    });
    REQUIRE(view_);
    return *view_;
  }
  ring::ControlPage& page() {
    return *reinterpret_cast<ring::ControlPage*>(view().mutable_base() + ring::kControlOffset);
  }
  bool patched(std::uint32_t calls) {
    return kSanitized || until([&] { return ring::load(page().patched) == calls; });
  }
  // As `autospan on` does.
  void turn(const char* glob, bool on, std::chrono::milliseconds time = {}) {
    ring::ControlPage& p = page();
    const std::int64_t now = ring::realtime_ns();
    for (ring::SwitchGlob& rule : p.globs) {
      if (rule.on != 0) continue;
      std::strcpy(rule.glob, glob);
      rule.deadline_realtime_ns = time.count() ? now + time.count() * 1'000'000 : 0;
      rule.order = p.sequence + 1;
      __atomic_store_n(&rule.on, on ? 1u : 2u, __ATOMIC_RELEASE);
      break;
    }
    p.next_deadline_realtime_ns = ring::earliest_deadline(p, now);
    __atomic_fetch_add(&p.sequence, 1, __ATOMIC_SEQ_CST);
    ring::apply_rules(view().mutable_base(), view().bytes(), ring::kSwitchOff, {});
    syscall(SYS_futex, &p.sequence, FUTEX_WAKE, 1, nullptr);
  }
  std::size_t spans(std::string_view name) {
    const auto dump = RecordedChild::dump_of(view().path());
    CHECK(dump.damaged == 0);
    std::size_t count = 0;
    for (const SpanData& span : dump.batch.spans) count += span.name == name;
    return count;
  }
  bool alive() const {
    int status;
    return waitpid(pid_, &status, WNOHANG) == 0;
  }
  pid_t pid() const { return pid_; }
  const RecordedChild& child() const { return child_; }

 private:
  RecordedChild child_;
  pid_t pid_;
  std::unique_ptr<ring::RingView> view_;
};

// A number that parent and child share.
class Shared {
 public:
  Shared()
      : value_(static_cast<std::atomic<int>*>(
            mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Shared() { munmap(value_, 4096); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  std::atomic<int>& operator*() const { return *value_; }

 private:
  std::atomic<int>* value_;
};

bool g_with_calls = false;
void call_them_once() {
  switched_int(1);
  switched_text(2, "text", 4);
  if (g_with_calls) switched_calls(3);
  usleep(200);
}
int call_them_for_ever() {
  for (;;) call_them_once();
}

const Variables kStandby = {{"AUTOSPAN", "standby"}};
Variables standby_with(const char* name, const char* value) {
  Variables environment = kStandby;
  environment[name] = value;
  return environment;
}

}  // namespace

TEST_CASE("standing by, nothing is recorded until it is switched on, and calls are patched away") {
  const bool patch = GENERATE(true, false);
  Running process(call_them_for_ever, standby_with("AUTOSPAN_PATCH", patch ? "on" : "off"));
  REQUIRE(until([&] { return ring::load(process.view().header().site_count) == 3; }));
  CHECK(process.patched(patch && kPatches ? 2 : 0));
  CHECK(ring::load(process.page().tended) == 1);
  CHECK(process.spans("switched::Int") == 0);

  const auto start = Clock::now();
  process.turn("Int", true);
  REQUIRE(until([&] { return process.spans("switched::Int") > 0; }));
  // 100 ms is the promise; this machine may be busy.
  CHECK(Clock::now() - start < std::chrono::seconds(1));
  CHECK(process.spans("switched::Text") == 0);
  CHECK(process.patched(patch && kPatches ? 1 : 0));

  process.turn("Int", false);
  CHECK(process.patched(patch && kPatches ? 2 : 0));
  usleep(2000);
  const std::size_t then = process.spans("switched::Int");
  usleep(20000);
  CHECK(process.spans("switched::Int") == then);
}

TEST_CASE("a rule with a deadline ends, by the thread that tends the switches") {
  Running process(call_them_for_ever, kStandby);
  REQUIRE(until([&] { return ring::load(process.view().header().site_count) == 3; }));
  process.turn("Int", true, std::chrono::milliseconds(300));
  REQUIRE(until([&] { return process.spans("switched::Int") > 0; }));
  REQUIRE(until([&] { return ring::load(process.page().next_deadline_realtime_ns) == 0; }));
  CHECK(process.patched(kPatches ? 2 : 0));
  usleep(2000);
  const std::size_t then = process.spans("switched::Int");
  usleep(20000);
  CHECK(process.spans("switched::Int") == then);
}

TEST_CASE("without a thread a deadline is noticed at a chunk's turn") {
  Running process(call_them_for_ever, {{"AUTOSPAN", "on"}});
  REQUIRE(until([&] { return process.spans("switched::Int") > 0; }));
  CHECK(ring::load(process.page().tended) == 0);
  process.turn("Int", false, std::chrono::milliseconds(50));
  usleep(1000);
  const std::size_t then = process.spans("switched::Int");
  usleep(10000);
  CHECK(process.spans("switched::Int") == then);
  CHECK(until([&] { return process.spans("switched::Int") > then; }));
  CHECK(ring::load(process.page().next_deadline_realtime_ns) == 0);
}

TEST_CASE("AUTOSPAN_ON takes globs, and says what it cannot take") {
  RecordedChild child;
  child.run(
      [] {
        switched_int(1);
        switched_text(1, "x", 1);
        switched_nested(2);
        return 1;
      },
      standby_with("AUTOSPAN_ON", "Int,switched::Nest*,re:^x"));
  CHECK(draw(child.dump()) ==
        "switched::Int n=1\nswitched::Nested n=2\n  switched::Nested n=1\n");
  CHECK(child.stderr_text() ==
        "autospan: AUTOSPAN_ON: 're:^x' is a regex, which is not known here; left out\n");

  RecordedChild longer;
  longer.run([] { return switched_int(1) ? 1 : 1; }, standby_with("AUTOSPAN_ON", std::string(200, 'x').c_str()));
  CHECK(longer.stderr_text().find("is longer than 111 bytes") != std::string::npos);
}

TEST_CASE("the youngest rule that takes a name holds, a site registered later included") {
  ring::ControlPage page{};
  const auto rule = [&](int at, const char* glob, std::uint32_t on, std::uint32_t order, std::int64_t deadline) {
    page.globs[at] = {deadline, on, order, {}};
    std::strcpy(page.globs[at].glob, glob);
  };
  const auto on = [&](const char* name) { return ring::switched_on(page, name, std::strlen(name), 1000); };
  page.global = 1;
  rule(0, "Update*", 2, 5, 0);
  rule(1, "billing::**", 1, 4, 0);
  rule(2, "*Stripe", 1, 6, 1001);
  rule(3, "*Old", 1, 7, 1000);
  CHECK(on("billing::Run"));
  CHECK_FALSE(on("billing::UpdateAll"));
  CHECK(on("billing::UpdateStripe"));
  CHECK_FALSE(on("x::Old"));
  CHECK(ring::earliest_deadline(page, 1000) == 1001);
  page.default_on = 1;
  CHECK(on("x::Old"));
  page.global = 0;
  CHECK_FALSE(on("billing::Run"));
}

TEST_CASE("toggled at full speed under eight threads, every span is whole and where it belongs") {
  const bool patch = GENERATE(true, false);
  RecordedChild child;
  const Shared stop;
  Variables environment = standby_with("AUTOSPAN_PATCH", patch ? "on" : "off");
  environment["AUTOSPAN_RING_TOTAL_MB"] = "64";
  const pid_t pid = child.start(
      [&stop] {
        switched_int(7);  // attached before the threads are there
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
          threads.emplace_back([&stop] {
            while (*stop == 0) {
              switched_nested(6);
              switched_int(7);
            }
          });
        for (auto& thread : threads) thread.join();
        return 1;
      },
      environment);
  REQUIRE(until([&] { return !child.rings().empty(); }));
  ring::OpenError error;
  std::string message;
  std::unique_ptr<ring::RingView> view;
  REQUIRE(until([&] { return bool(view = ring::RingView::open(child.rings().at(0), true, error, message)); }));
  auto& page = *reinterpret_cast<ring::ControlPage*>(view->mutable_base() + ring::kControlOffset);
  std::strcpy(page.globs[0].glob, "Nested");
  const auto end = Clock::now() + std::chrono::milliseconds(1500);
  unsigned turns = 0;
  for (; Clock::now() < end; ++turns) {
    __atomic_store_n(&page.globs[0].on, 1 + turns % 2, __ATOMIC_RELEASE);
    __atomic_fetch_add(&page.sequence, 1, __ATOMIC_SEQ_CST);
    ring::apply_rules(view->mutable_base(), view->bytes(), ring::kSwitchOff, {});
    syscall(SYS_futex, &page.sequence, FUTEX_WAKE, 1, nullptr);
    usleep(turns % 7 == 0 ? 300 : 0);
  }
  *stop = 1;
  int status = 0;
  waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  INFO(child.stderr_text());
  CHECK(WEXITSTATUS(status) == 1);  // not 66, of the thread sanitizer
  CHECK(turns > 100);

  const auto dump = child.dump();
  CHECK(dump.damaged == 0);
  CHECK(dump.open.empty());
  for (const std::string& loss : dump.loss) CHECK(loss.find("overwritten") != std::string::npos);
  std::map<SpanId, const SpanData*> by_id;
  for (const SpanData& span : dump.batch.spans) CHECK(by_id.emplace(span.span_id, &span).second);
  std::size_t nested = 0;
  for (const SpanData& span : dump.batch.spans) {
    if (span.name != "switched::Nested") continue;
    ++nested;
    CHECK(!span.abandoned);
    const auto depth = dump.batch.fields[span.fields.begin].value.integer;
    CHECK((depth >= 1 && depth <= 6));
    const auto parent = by_id.find(span.parent_id);
    if (parent == by_id.end()) continue;  // a root, or overwritten
    // A parent stands further out: exactly one level where nothing was off in between.
    CHECK(dump.batch.fields[parent->second->fields.begin].value.integer > depth);
    CHECK(parent->second->trace_id == span.trace_id);
    CHECK(parent->second->start_unix_ns <= span.start_unix_ns);
  }
  CHECK(nested > 100);
}

TEST_CASE("a call that several sites share is never patched away") {
  Running process(
      [] {
        for (;;) {
          first_of_helper();
          usleep(200);
          static const bool late = [] { return usleep(400'000) == 0; }();
          if (late) second_of_helper();
        }
        return 0;
      },
      standby_with("AUTOSPAN_ON", "Second"));
  CHECK(until([&] { return process.spans("switched::Second") > 3; }));
  CHECK(ring::load(process.page().patched) == 0);
}

TEST_CASE("where text may not be written the byte is tested") {
  Running process(
      [] {
        if (prctl(PR_SET_MDWE, 1, 0, 0, 0) != 0) return 77;
        return call_them_for_ever();
      },
      kStandby);
  if (!until([&] { return !process.child().rings().empty() || !process.alive(); })) FAIL();
  if (process.child().rings().empty()) {
    WARN("skipped: this kernel has no PR_SET_MDWE");
    return;
  }
  REQUIRE(until([&] { return ring::load(process.page().patching) == ring::kPatchingNever; }));
  process.turn("Int", true);
  CHECK(until([&] { return process.spans("switched::Int") > 0; }));
  CHECK(ring::load(process.page().patched) == 0);
  CHECK(process.alive());
}

TEST_CASE("calls are brought back where text may no longer be written") {
  const Shared forbid;
  Running process(
      [&] {
        while (*forbid == 0) call_them_once();
        if (prctl(PR_SET_MDWE, 1, 0, 0, 0) != 0) return 77;
        return call_them_for_ever();
      },
      kStandby);
  REQUIRE(process.patched(kPatches ? 2 : 0));
  *forbid = 1;
  usleep(20000);
  process.turn("Int", true);
  CHECK(until([&] { return process.spans("switched::Int") > 0 || !process.alive(); }));
}

// Whatever it forbids: one that came after the calls were looked at may kill for what it does not know.
TEST_CASE("a seccomp filter that comes later ends the patching, not the process") {
  const Shared forbid;
  Running process(
      [&] {
        while (*forbid == 0) call_them_once();
        sock_filter filter[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        const sock_fprog program{4, filter};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
          return 77;
        *forbid = 2;
        return call_them_for_ever();
      },
      kStandby);
  REQUIRE(process.patched(kPatches ? 2 : 0));
  *forbid = 1;
  if (!until([&] { return *forbid == 2 || !process.alive(); }) || *forbid != 2) {
    WARN("skipped: no filter of one's own here");
    return;
  }
  process.turn("Int", true);
  CHECK(until([&] {
    return kSanitized || ring::load(process.page().patching) == ring::kPatchingStuck;
  }));
  usleep(100'000);
  CHECK(process.alive());
}

TEST_CASE("a child of fork that has not recorded hears what its parent is told") {
  const Shared forked;
  Running process(
      [&] {
        while (*forked == 0) call_them_once();
        if (fork() == 0) {
          prctl(PR_SET_PDEATHSIG, SIGKILL);
          *forked = 2;
        }
        return call_them_for_ever();
      },
      kStandby);
  REQUIRE(process.patched(kPatches ? 2 : 0));
  *forked = 1;
  REQUIRE(until([&] { return *forked == 2; }));
  process.turn("*", true);
  CHECK(until([&] { return process.child().rings().size() == 2; }));
  CHECK(process.alive());
}

TEST_CASE("a child of fork takes over what is patched away, and turns it back") {
  const Shared forked;
  Running process(
      [&] {
        while (*forked == 0) call_them_once();
        if (fork() == 0) {
          first_of_helper();  // a site of its own: it attaches
          *forked = 2;
        }
        return call_them_for_ever();
      },
      kStandby);
  REQUIRE(process.patched(kPatches ? 2 : 0));
  *forked = 1;
  REQUIRE(until([&] { return *forked == 2 && process.child().rings().size() == 2; }));
  std::unique_ptr<ring::RingView> child;
  for (const std::string& path : process.child().rings()) {
    ring::OpenError error;
    std::string message;
    auto view = ring::RingView::open(path, true, error, message);
    REQUIRE(view);
    if (view->header().process.pid != process.view().header().process.pid) child = std::move(view);
  }
  REQUIRE(child);
  auto& page = *reinterpret_cast<ring::ControlPage*>(child->mutable_base() + ring::kControlOffset);
  page.default_on = 1;
  __atomic_fetch_add(&page.sequence, 1, __ATOMIC_SEQ_CST);
  const auto recorded = [&] {
    std::size_t count = 0;
    for (const SpanData& span : RecordedChild::dump_of(child->path()).batch.spans) count += span.name == "switched::Int";
    return count;
  };
  CHECK(until([&] { return recorded() > 0; }));
  CHECK(process.spans("switched::Int") == 0);
  CHECK(process.patched(kPatches ? 2 : 0));
  kill(pid_t(child->header().process.pid), SIGKILL);
}

namespace {

// Instructions from one SIGUSR2 to the next, in a process that stands by.
int count_instructions(const Variables& environment, const std::function<void()>& call, std::uint32_t patched) {
  const Shared go;
  RecordedChild child;
  const pid_t pid = child.start(
      [&] {
        signal(SIGUSR2, SIG_IGN);
        g_with_calls = true;
        while (*go == 0) {
          call_them_once();
        }
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        call();
        raise(SIGUSR2);
        call();
        raise(SIGUSR2);
        return 1;
      },
      environment);
  ring::OpenError error;
  std::string message;
  REQUIRE(until([&] { return !child.rings().empty(); }));
  std::unique_ptr<ring::RingView> view;
  REQUIRE(until([&] { return bool(view = ring::RingView::open(child.rings().at(0), true, error, message)); }));
  // Patched, and no longer looking for calls.
  const std::uint8_t* bytes = view->mutable_base() + ring::kSwitchesOffset;
  REQUIRE(until([&] {
    return (kSanitized || ring::load(view->control().patched) == patched) && ring::load(view->header().site_count) == 4 &&
           ring::load(bytes[2]) == ring::kSwitchOff && ring::load(bytes[3]) == ring::kSwitchOff &&
           ring::load(bytes[4]) == ring::kSwitchOff;
  }));
  *go = 1;
  int status = 0, steps = 0;
  const auto stopped_by = [&](int signal) {
    return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == signal;
  };
  REQUIRE(stopped_by(SIGUSR2));
  for (;; ++steps) {
    REQUIRE(ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr) == 0);
    if (!stopped_by(SIGTRAP)) break;
    REQUIRE(steps < 100000);
  }
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return steps;
}

}  // namespace

// Of these four are the site's own (its address, the call or what is left of it, the guard's test);
// the others keep the arguments over two calls that might be made.
TEST_CASE("a function that is off costs a few instructions over the bare one") {
  static const char kText[] = "sixteen letters.";
  const struct {
    const char* name;
    std::function<void()> bare, switched;
    int patched, tested;  // the most
  } kCases[] = {
      {"int", [] { bare_int(3); }, [] { switched_int(3); }, 14, 25},
      {"int and text", [] { bare_text(3, kText, 16); }, [] { switched_text(3, kText, 16); }, 22, 33},
      {"int, calls another", [] { bare_calls(3); }, [] { switched_calls(3); }, 16, 27},
  };
  for (const auto& c : kCases) {
    const Variables tested = standby_with("AUTOSPAN_PATCH", "off");
    const int bare = count_instructions(tested, c.bare, 0);
    const int by_byte = count_instructions(tested, c.switched, 0) - bare;
    const int by_patch = kPatches ? count_instructions(kStandby, c.switched, 3) - bare : 0;
    std::printf("off, %s: patched %d, tested %d instructions over the bare function\n", c.name, by_patch, by_byte);
    if (!kMeasured) continue;
    CHECK(by_patch <= c.patched);
    CHECK(by_byte <= c.tested);
  }
}

TEST_CASE("a library that is unloaded is not written into, and is switched again when it is back") {
  const Shared step;
  Running process(
      [&] {
        for (int round = 1; round < 4; ++round) {
          void* module = dlopen(AUTOSPAN_SWITCHED_MODULE, RTLD_NOW);
          if (!module) return 77;
          const auto function = reinterpret_cast<void (*)()>(dlsym(module, "switched_in_module"));
          while (*step < 2 * round) {
            function();
            call_them_once();
          }
          dlclose(module);
          while (*step < 2 * round + 1) call_them_once();
        }
        return 1;
      },
      kStandby);
  CHECK(process.patched(kPatches ? 3 : 0));
  *step = 2;  // unloaded while it is away
  usleep(50'000);
  process.turn("*", true);
  CHECK(process.patched(0));
  *step = 3;  // and back: a site that is new, in text that is new
  CHECK(until([&] { return process.spans("switched::Module") > 0; }));
  process.turn("*", false);
  CHECK(process.patched(kPatches ? 3 : 0));
  *step = 4;
  usleep(50'000);
  *step = 5;  // back at the same place, off from the start
  CHECK(process.patched(kPatches ? 3 : 0));
  // (Sanitizers keep libraries.) The site has the number that it had.
  CHECK(ring::load(process.view().header().site_count) == 4);
  const std::size_t then = process.spans("switched::Module");
  process.turn("Module", true);
  CHECK(until([&] { return process.spans("switched::Module") > then; }));
  CHECK(process.alive());
}

TEST_CASE("a breakpoint in the text is left alone") {
  if (!kPatches) return;
  const Shared go;
  Running process([&] {
    call_them_once();
    while (*go == 0) usleep(100);
    return call_them_for_ever();
  }, {{"AUTOSPAN", "standby"}, {"AUTOSPAN_ON", "*"}});
  REQUIRE(until([&] { return ring::load(process.view().header().site_count) == 3; }));
  // The call in switched_int, as a debugger would change it.
  auto* code = reinterpret_cast<const std::uint8_t*>(&switched_int);
  while (!(code[0] == 0xe8 && code[-7] == 0x48 && code[-6] == 0x8d)) ++code;
  const std::string memory = "/proc/" + std::to_string(process.pid()) + "/mem";
  std::FILE* file = std::fopen(memory.c_str(), "r+b");
  REQUIRE(file);
  std::setvbuf(file, nullptr, _IONBF, 0);
  const auto poke = [&](std::uint8_t byte) {
    std::fseek(file, long(reinterpret_cast<std::uintptr_t>(code)), SEEK_SET);
    REQUIRE(std::fwrite(&byte, 1, 1, file) == 1);
  };
  poke(0xcc);
  process.turn("*", false);
  CHECK(process.patched(1));
  usleep(100'000);
  std::uint8_t now = 0;
  std::fseek(file, long(reinterpret_cast<std::uintptr_t>(code)), SEEK_SET);
  REQUIRE(std::fread(&now, 1, 1, file) == 1);
  CHECK(now == 0xcc);
  poke(0xe8);
  std::fclose(file);
  *go = 1;
  process.turn("Int", true);
  CHECK(until([&] { return process.spans("switched::Int") > 1; }));
}
