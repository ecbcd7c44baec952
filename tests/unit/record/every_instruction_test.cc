// A span is opened and closed one instruction at a time; after each of them the process is killed, or a
// signal handler comes in that records spans of its own. Not a sample of moments: all of them.
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>

#include "autospan/abi.h"
#include "catch.hpp"
#include "recorded_child.h"

namespace {

using namespace autospan;
using autospan::test::RecordedChild;

const autospan_v1_param kParams[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0},
                                     {"text", nullptr, 0, AUTOSPAN_STR, 0, 0}};
autospan_v1_site site_named(const char* name, autospan_u16 params) {
  return {0,   sizeof(autospan_v1_site), AUTOSPAN_SITE_SPAN, 0, name, name, "f.cc", nullptr,
          kParams, 1, params, 0, 0, 0, 0};
}
autospan_v1_site g_outer = site_named("outer", 0);
autospan_v1_site g_inner = site_named("inner", 2);
autospan_v1_site g_handler = site_named("handler", 1);
autospan_v1_site g_below = site_named("below", 2);

const char kText[] = "sixteen letters.";
const std::string kLong(200, 'x');

// Spans of the handler: plain, and one that spills.
void handler(int) {
  const auto guard = autospan_v1_enter_w(&g_handler, 7);
  const auto inside = autospan_v1_enter_ws(&g_below, 8, kLong.c_str(), kLong.size());
  autospan_v1_exit(inside);
  autospan_v1_exit(guard);
}

enum class Then { kKill, kSignal };

struct Body {
  const char* name;
  std::size_t length;       // of inner's text
  bool outer;               // inside another span
};

int record(const Body& body) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigaction(SIGUSR1, &action, nullptr);
  signal(SIGUSR2, SIG_IGN);
  // Attached, and every site registered.
  handler(0);
  autospan_v1_exit(autospan_v1_enter_ws(&g_inner, 1, kText, 16));
  autospan_v1_exit(autospan_v1_enter_0(&g_outer));
  const char* text = body.length == 16 ? kText : kLong.c_str();
  const auto outer = body.outer ? autospan_v1_enter_0(&g_outer) : 0;
  ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  raise(SIGUSR2);  // the tracer steps from here …
  autospan_v1_exit(autospan_v1_enter_ws(&g_inner, 42, text, body.length));
  raise(SIGUSR2);  // … to here
  if (outer) autospan_v1_exit(outer);
  return 1;
}

// Steps the child `steps` instructions into the span, then does it. False = the span had ended.
bool interrupt(RecordedChild& child, const Body& body, int steps, Then then) {
  const pid_t pid = child.start([&] { return record(body); }, {});
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFSTOPPED(status));
  bool inside = true;
  for (int i = 0; i < steps && inside; ++i) {
    REQUIRE(ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr) == 0);
    REQUIRE(waitpid(pid, &status, 0) == pid);
    REQUIRE(WIFSTOPPED(status));
    inside = WSTOPSIG(status) == SIGTRAP;
  }
  if (then == Then::kKill) {
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return inside;
  }
  ptrace(PTRACE_DETACH, pid, nullptr, SIGUSR1);
  waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 1);
  return inside;
}

const SpanData* named(const drain::ProcessDump& dump, std::string_view name, int nth) {
  for (const SpanData& span : dump.batch.spans)
    if (span.name == name && nth-- == 0) return &span;
  return nullptr;
}

void check_alike(const drain::ProcessDump& dump) {
  CHECK(dump.damaged == 0);
  CHECK(dump.lost == 0);
  std::set<std::string> ids;
  for (const SpanData& span : dump.batch.spans)
    CHECK(ids.insert(std::string(span.span_id.bytes.begin(), span.span_id.bytes.end())).second);
}

// What was whole before is there, and the span itself is open, ended, or not yet begun.
void check_killed(const drain::ProcessDump& dump, const Body& body) {
  check_alike(dump);
  REQUIRE(named(dump, "handler", 0));
  REQUIRE(named(dump, "inner", 0));
  REQUIRE(named(dump, "outer", 0));
  const std::size_t outer = body.outer ? 1 : 0;
  REQUIRE(dump.open.size() >= outer);
  REQUIRE(dump.open.size() <= outer + 1);
  if (body.outer) CHECK(dump.open[0].span.name == "outer");
  if (dump.open.size() == outer + 1) {
    const SpanData& inner = dump.open[outer].span;
    CHECK(inner.name == "inner");
    REQUIRE(inner.fields.count == 2);
    CHECK(dump.batch.fields[inner.fields.begin].value.integer == 42);
    CHECK(dump.batch.fields[inner.fields.begin + 1].value.text.size() == body.length);
    if (body.outer) CHECK(inner.parent_id == dump.open[0].span.span_id);
  }
}

// Nothing of the code below is disturbed; the handler's spans are recorded, or counted.
void check_signalled(const drain::ProcessDump& dump, const Body& body) {
  check_alike(dump);
  CHECK(dump.open.empty());
  const SpanData* inner = named(dump, "inner", 1);
  REQUIRE(inner);
  CHECK(!inner->abandoned);
  REQUIRE(inner->fields.count == 2);
  CHECK(dump.batch.fields[inner->fields.begin].value.integer == 42);
  CHECK(dump.batch.fields[inner->fields.begin + 1].value.text.size() == body.length);
  const SpanData* outer = named(dump, "outer", 1);
  REQUIRE(bool(outer) == body.outer);
  if (outer) {
    CHECK(inner->parent_id == outer->span_id);
    CHECK(inner->trace_id == outer->trace_id);
  } else {
    CHECK(!inner->parent_id.valid());
  }
  const SpanData* top = named(dump, "handler", 1);
  const SpanData* below = named(dump, "below", 1);
  if (top && below) {
    CHECK(below->parent_id == top->span_id);
    CHECK(below->trace_id == top->trace_id);
  } else {
    INFO(bool(top) << bool(below) << test::draw(dump));
    CHECK(dump.loss.size() == 1);
  }
}

}  // namespace

TEST_CASE("a span interrupted after any instruction is whole, or was not begun") {
  const Body body = GENERATE(Body{"in the head, a root", 16, false}, Body{"in the head", 16, true},
                             Body{"spilled", 200, true});
  const Then then = GENERATE(Then::kKill, Then::kSignal);
  INFO(body.name << (then == Then::kKill ? ", killed" : ", interrupted"));
  // The hot path is some eighty instructions: the even ones in a root, the odd ones in a child. The
  // general one has loops, of which a stride is enough.
  int steps = body.outer ? 1 : 0;
  const int stride = body.length == 16 ? 2 : 11;
  for (;; steps += stride) {
    INFO("after " << steps << " instructions");
    RecordedChild child;
    const bool inside = interrupt(child, body, steps, then);
    const auto dump = child.dump();
    if (then == Then::kKill)
      check_killed(dump, body);
    else
      check_signalled(dump, body);
    if (!inside) break;
    REQUIRE(steps < 5000);
  }
  CHECK(steps > 60);
}
