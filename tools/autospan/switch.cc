#include "switch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "autospan/detail/glob.h"
#include "ring/switch_rules.h"

namespace autospan::cli {
namespace {

using ring::ControlPage;
using ring::SwitchGlob;

constexpr int kWaitMs = 500;  // for the thread that tends the switches: it looks every 50 ms

// One command at a time.
class Turn {
 public:
  explicit Turn(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    while (file_ >= 0 && flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Turn() {
    if (file_ >= 0) close(file_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  int file_;
};

bool in_force(const SwitchGlob& rule, std::int64_t now) {
  return ring::rule_holds(rule, ring::load(rule.on), now);
}
std::string_view text_of(const SwitchGlob& rule) {
  return {rule.glob, strnlen(rule.glob, ring::kGlobBytesMax)};
}
void clear(SwitchGlob& rule) { __atomic_store_n(&rule.on, 0u, __ATOMIC_RELEASE); }

// What the new rule makes void: for good, `*` all others, any other those of the same glob; for a
// while, only one that was for a while too.
bool replaces(const SwitchOrder& order, const std::string& glob, const SwitchGlob& old) {
  if (order.deadline_unix_ns != 0) return old.deadline_realtime_ns != 0 && text_of(old) == glob;
  return glob == "*" || glob == "**" || text_of(old) == glob;
}

void write_rule(SwitchGlob& rule, const SwitchOrder& order, const std::string& glob, std::uint32_t number) {
  clear(rule);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  std::memset(rule.glob, 0, sizeof rule.glob);
  std::memcpy(rule.glob, glob.data(), glob.size());
  __atomic_store_n(&rule.deadline_realtime_ns, order.deadline_unix_ns, __ATOMIC_RELAXED);
  __atomic_store_n(&rule.order, number, __ATOMIC_RELAXED);
  __atomic_store_n(&rule.on, order.on ? 1u : 2u, __ATOMIC_RELEASE);
}

bool write_rules(ControlPage& page, const SwitchOrder& order, std::string& message) {
  const std::int64_t now = ring::realtime_ns();
  const auto stays = [&](const SwitchGlob& rule) {
    return in_force(rule, now) && std::none_of(order.globs.begin(), order.globs.end(), [&](const auto& glob) {
             return replaces(order, glob, rule);
           });
  };
  const std::size_t taken = std::size_t(std::count_if(std::begin(page.globs), std::end(page.globs), stays));
  if (taken + order.globs.size() > ring::kGlobsMax) {
    message = fmt::format("{} rules are in force and there is room for {}: `on` or `off` without --match and --for "
                          "replaces them all", taken, ring::kGlobsMax);
    return false;
  }
  const std::uint32_t number = ring::load(page.sequence) + 1;
  for (SwitchGlob& rule : page.globs)
    if (!stays(rule)) clear(rule);
  auto glob = order.globs.begin();
  for (SwitchGlob& rule : page.globs)
    if (glob != order.globs.end() && ring::load(rule.on) == 0) write_rule(rule, order, *glob++, number);
  __atomic_store_n(&page.next_deadline_realtime_ns, ring::earliest_deadline(page, now), __ATOMIC_RELAXED);
  __atomic_store_n(&page.sequence, number, __ATOMIC_RELEASE);
  // A site that is registered now sees the new rules, or we see it.
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return true;
}

struct Seen {
  const SwitchOrder& order;
  SwitchOutcome& outcome;
};
void see_site(void* context, const char* name, std::size_t length, bool on, bool changed) {
  const Seen& seen = *static_cast<Seen*>(context);
  ++seen.outcome.known;
  seen.outcome.matched += std::any_of(seen.order.globs.begin(), seen.order.globs.end(), [&](const auto& glob) {
    return detail::glob_takes(glob.data(), long(glob.size()), name, long(length));
  });
  if (changed && on == seen.order.on) seen.outcome.switched.emplace_back(name, length);
}

void wait_until_applied(const ControlPage& page, SwitchOutcome& outcome) {
  const std::uint32_t wanted = ring::load(page.sequence);
  for (int ms = 0; !(outcome.applied = std::int32_t(ring::load_acquire(page.applied) - wanted) >= 0) && ms < kWaitMs; ++ms)
    usleep(1000);
}

}  // namespace

std::string switch_glob_fault(const std::string& glob) {
  if (glob.size() > ring::kGlobBytesMax) return fmt::format("is longer than {} bytes", ring::kGlobBytesMax);
  if (glob.starts_with("re:")) return "is a regex; a switch takes globs";
  const char* fault = detail::glob_fault(glob.data(), long(glob.size()));
  return fault != nullptr ? fault : "";
}

std::optional<SwitchOutcome> turn_switches(const ring::RingView& view, const SwitchOrder& order,
                                           std::string& message) {
  const Turn turn(view.path());
  auto& page = *reinterpret_cast<ControlPage*>(view.mutable_base() + ring::kControlOffset);
  if (!write_rules(page, order, message)) return std::nullopt;
  SwitchOutcome outcome;
  Seen seen{order, outcome};
  // The thread that tends the switches looks for calls of what is off by itself.
  ring::apply_rules(view.mutable_base(), view.bytes(), ring::kSwitchOff, {see_site, &seen});
  syscall(SYS_futex, &page.sequence, FUTEX_WAKE, 1, nullptr);
  outcome.tended = ring::load(page.tended) != 0;
  if (outcome.tended) wait_until_applied(page, outcome);
  outcome.patching = ring::load(page.patching);
  std::sort(outcome.switched.begin(), outcome.switched.end());
  return outcome;
}

}  // namespace autospan::cli
