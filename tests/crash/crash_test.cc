// Kills a recording process at random moments, again and again, and compares what its ring tells with
// what it had done: no completed span is lost but by overwriting, none is torn, the open ones are those
// that were open.
//
//   crash_test [KILLS [SEED]]
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

#include "autospan/abi.h"
#include "recorded_child.h"

namespace {

using namespace autospan;
using test::RecordedChild;

constexpr int kThreadsMax = 64;

// What each thread has done, outside the recorder's reach: a mapping that the killed one shares.
struct alignas(64) Progress {
  std::uint64_t operations;   // done
  std::uint32_t tid;
};
Progress* g_progress;

const autospan_v1_param kParams[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0},
                                     {"text", nullptr, 0, AUTOSPAN_STR, 0, 0}};
const autospan_v1_param kFieldParam[] = {{"field", nullptr, 0, AUTOSPAN_I64, 0, 0}};
autospan_v1_site g_span_site{0,       sizeof(autospan_v1_site), AUTOSPAN_SITE_SPAN, 0, "step",
                             nullptr, nullptr, nullptr, kParams, 1, 2, 0, {}, 0, 0};
autospan_v1_site g_field_site{0,       sizeof(autospan_v1_site), AUTOSPAN_SITE_FIELD, 0, "field",
                              nullptr, nullptr, nullptr, kFieldParam, 1, 1, 0, {}, 0, 0};

// --- the walk: the same for the one that is killed and for the one that judges -------------------

struct Step {
  std::uint64_t round;
  std::uint32_t level;
  bool operator==(const Step&) const = default;
};
// Most stacks are shallow; now and then one goes beyond a segment.
std::uint32_t depth_of(std::uint64_t round) { return round % 61 == 60 ? 90 : 1 + std::uint32_t(round % 7); }
std::int64_t number_of(const Step& s) { return std::int64_t(s.round << 8 | s.level); }
bool has_field(const Step& s) { return s.round % 3 == 0 && s.level + 1 == depth_of(s.round); }
// From none to forty bytes: in the head of a record, and beyond.
std::size_t text_of(const Step& s, char* out) {
  const std::size_t length = (s.round * 7 + s.level * 13) % 41;
  for (std::size_t i = 0; i < length; ++i) out[i] = char('a' + (s.round + s.level + i) % 26);
  return length;
}

autospan_v1_guard enter(const Step& s) {
  char text[48];
  const std::size_t length = text_of(s, text);
  const autospan_v1_guard guard =
      autospan_v1_enter_ws(&g_span_site, autospan_u64(number_of(s)), text, length);
  if (has_field(s)) {
    const autospan_v1_slot value{autospan_u64(-number_of(s)), 0, AUTOSPAN_I64, 0, 0};
    autospan_v1_field(&g_field_site, &value);
  }
  return guard;
}

[[noreturn]] void walk(Progress& progress) {
  autospan_v1_guard guards[128];
  std::uint64_t done = 0;
  const auto did = [&] { __atomic_store_n(&progress.operations, ++done, __ATOMIC_RELEASE); };
  progress.tid = std::uint32_t(syscall(SYS_gettid));
  for (std::uint64_t round = 0;; ++round) {
    const std::uint32_t depth = depth_of(round);
    for (std::uint32_t level = 0; level < depth; ++level) guards[level] = enter({round, level}), did();
    for (std::uint32_t level = depth; level-- > 0;) autospan_v1_exit(guards[level]), did();
  }
}

struct State {
  std::uint64_t skipped = 0;             // completed ones before those listed
  std::vector<Step> completed, open;
  std::uint64_t total() const { return skipped + completed.size(); }
};
// Lists the last `keep` completed spans, and some more.
State state_after(std::uint64_t operations, std::uint64_t keep) {
  State s;
  std::uint64_t done = 0, round = 0;
  for (; done + 2 * depth_of(round) <= operations && s.skipped + depth_of(round) + keep < operations / 2; ++round) {
    done += 2 * depth_of(round);
    s.skipped += depth_of(round);
  }
  for (; done < operations; ++round) {
    const std::uint32_t depth = depth_of(round);
    for (std::uint32_t level = 0; level < depth && done < operations; ++level, ++done)
      s.open.push_back({round, level});
    for (std::uint32_t level = depth; level-- > 0 && done < operations; ++done) {
      s.completed.push_back(s.open.back());
      s.open.pop_back();
    }
  }
  return s;
}

// --- the judge ----------------------------------------------------------------------------------

struct Case {
  int threads;
  int ring_kb;
  unsigned delay_us;
  bool at_start;
};

struct Verdict {
  std::uint64_t spans = 0, lost = 0, failures = 0;
  void fail(const Case& c, const char* format, auto... values) {
    if (++failures > 20) return;
    std::printf("  %d threads, %d KiB, %u us: ", c.threads, c.ring_kb, c.delay_us);
    std::printf(format, values...);
    std::puts("");
  }
};

// The step that a span tells of; false where its values are not those of any.
bool step_of(const drain::ProcessDump& dump, const SpanData& span, bool open, Step& step) {
  if (span.name != "step" || span.fields.count < 2 || span.abandoned || span.truncated || span.error)
    return false;
  const Field* fields = dump.batch.fields.data() + span.fields.begin;
  const std::int64_t n = fields[0].value.integer;
  step = {std::uint64_t(n) >> 8, std::uint32_t(n & 0xff)};
  char text[48];
  const std::size_t length = text_of(step, text);
  if (fields[0].key != "n" || fields[1].key != "text" ||
      fields[1].value.text != std::string_view(text, length))
    return false;
  if (span.fields.count == 2) return !has_field(step) || open;  // not yet set
  return has_field(step) && fields[2].key == "field" && fields[2].value.integer == -n;
}

void judge_thread(const Case& c, const Progress& progress, const drain::ProcessDump& dump, Verdict& verdict,
                  std::uint64_t& overwritten) {
  std::vector<Step> found, open;
  Step step;
  for (const SpanData& span : dump.batch.spans) {
    if (span.thread_id != progress.tid) continue;
    if (!step_of(dump, span, false, step)) return verdict.fail(c, "a torn span of thread %u", progress.tid);
    found.push_back(step);
  }
  SpanId below;
  for (const drain::OpenSpan& o : dump.open) {
    if (o.span.thread_id != progress.tid) continue;
    if (!step_of(dump, o.span, true, step)) return verdict.fail(c, "a torn open span of thread %u", progress.tid);
    if (o.span.parent_id != below) return verdict.fail(c, "an open span without its parent, level %u", step.level);
    below = o.span.span_id;
    open.push_back(step);
  }
  // The operation under way is done or not, as a whole.
  const std::uint64_t keep = found.size() + 256;
  const State now = state_after(progress.operations, keep), next = state_after(progress.operations + 1, keep);
  const std::uint64_t end = found.empty() ? 0 : [&] {
    for (std::size_t i = next.completed.size(); i-- > 0;)
      if (next.completed[i] == found.back()) return next.skipped + i + 1;
    return std::uint64_t(0);
  }();
  if (!found.empty() && end < now.total())
    return verdict.fail(c, "%zu completed, the last one found is number %zu", std::size_t(now.total()),
                        std::size_t(end));
  const std::size_t completed = found.empty() ? now.total() : end;
  if (found.size() > completed) return verdict.fail(c, "%zu found of %zu", found.size(), completed);
  const std::size_t first = completed - found.size();
  for (std::size_t i = 0; i < found.size(); ++i)
    if (first + i < next.skipped || !(found[i] == next.completed[first + i - next.skipped]))
      return verdict.fail(c, "a gap before number %zu", first + i);
  overwritten += first;
  const bool exited = completed > now.total();
  const bool right = exited ? open == next.open
                            : open == now.open || (next.open.size() > now.open.size() && open == next.open);
  if (!right)
    return verdict.fail(c, "%zu open spans, expected %zu (operation %llu)", open.size(), now.open.size(),
                        static_cast<unsigned long long>(progress.operations));
  // A ring of several chunks keeps all but the one that is being written; where all of them find room.
  const std::size_t chunks = std::size_t(c.ring_kb / 16);
  if (first > 0 && chunks > 2 && c.threads * c.ring_kb <= 48 * 1024 && found.size() < (chunks - 2) * 127)
    verdict.fail(c, "only %zu kept by a ring of %zu chunks", found.size(), chunks);
}

void judge(const Case& c, const RecordedChild& child, Verdict& verdict) {
  const auto rings = child.rings();
  std::uint64_t operations = 0;
  for (int t = 0; t < c.threads; ++t) operations += g_progress[t].operations;
  if (rings.empty() && operations == 0) return;  // killed before it began
  if (rings.size() != 1) return verdict.fail(c, "%zu rings", rings.size());
  ring::OpenError error;
  std::string message;
  if (operations == 0 && !ring::RingView::open(rings[0], false, error, message)) return;
  const drain::ProcessDump dump = RecordedChild::dump_of(rings[0]);
  if (dump.damaged) verdict.fail(c, "%llu damaged", static_cast<unsigned long long>(dump.damaged));
  std::uint64_t overwritten = 0;
  for (int t = 0; t < c.threads; ++t) {
    if (g_progress[t].operations) judge_thread(c, g_progress[t], dump, verdict, overwritten);
  }
  if (dump.lost != overwritten)
    verdict.fail(c, "%llu counted as lost, %llu overwritten", static_cast<unsigned long long>(dump.lost),
                 static_cast<unsigned long long>(overwritten));
  verdict.spans += dump.batch.spans.size();
  verdict.lost += dump.lost;
}

void kill_one(const Case& c, Verdict& verdict) {
  std::memset(static_cast<void*>(g_progress), 0, sizeof(Progress) * kThreadsMax);
  RecordedChild child;
  const pid_t pid = child.start(
      [&]() -> int {
        std::vector<std::thread> threads;
        for (int t = 0; t < c.threads; ++t) threads.emplace_back([t] { walk(g_progress[t]); });
        for (;;) pause();
      },
      {{"AUTOSPAN_RING_KB", std::to_string(c.ring_kb)}, {"AUTOSPAN_SITE_BUDGET", "off"}});
  const auto all_there = [&] {
    for (int t = 0; t < c.threads; ++t)
      if (!__atomic_load_n(&g_progress[t].operations, __ATOMIC_ACQUIRE)) return false;
    return true;
  };
  if (!c.at_start)
    while (!all_there()) usleep(200);
  usleep(c.delay_us);
  kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
  }
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
    verdict.fail(c, "the process ended by itself: %d", status);
  judge(c, child, verdict);
}

}  // namespace

int main(int argc, char** argv) {
  const int kills = argc > 1 ? std::atoi(argv[1]) : 300;
  const unsigned seed = argc > 2 ? unsigned(std::atol(argv[2])) : std::random_device{}();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  g_progress = static_cast<Progress*>(mmap(nullptr, sizeof(Progress) * kThreadsMax, PROT_READ | PROT_WRITE,
                                           MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (g_progress == MAP_FAILED) return 2;
  std::minstd_rand random(seed);
  constexpr int kThreads[] = {1, 8, 64}, kRings[] = {16, 64, 1024};
  Verdict verdict;
  for (int i = 0; i < kills; ++i) {
    Case c{kThreads[i % 3], kRings[i / 3 % 3], unsigned(random() % 8000), random() % 10 == 0};
    kill_one(c, verdict);
  }
  std::printf("%d kills (seed %u): %llu completed spans found, %llu overwritten, %llu failures\n", kills, seed,
              static_cast<unsigned long long>(verdict.spans), static_cast<unsigned long long>(verdict.lost),
              static_cast<unsigned long long>(verdict.failures));
  return verdict.failures ? 1 : 0;
}
