#include "record/control.h"

#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "autospan/detail/glob.h"
#include "record/environment.h"
#include "record/patch.h"
#include "ring/clock.h"

namespace autospan::record {
namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kTickNs = 50 * kMs;
constexpr uint64_t kSleepNs = 1000 * kMs;          // while there is nothing to do
constexpr uint64_t kWindowNs = 100 * kMs;          // how long calls that come are noted
constexpr uint64_t kFirstPauseNs = 1000 * kMs;     // until they are noted once more, and then
constexpr uint64_t kLongestPauseNs = 256'000 * kMs;  // four times longer each time
constexpr size_t kStackBytes = 64 * 1024;

void futex(uint32_t* word, int operation, uint32_t value, const timespec* timeout) {
  syscall(SYS_futex, word, operation, value, timeout);
}

// Not private to the process: the command wakes it through its own mapping of the file.
void sleep_on(Process& p, uint64_t ns) {
  const timespec timeout{time_t(ns / 1'000'000'000), long(ns % 1'000'000'000)};
  futex(&control(p).sequence, FUTEX_WAIT, p.tending.seen, &timeout);
}

void store_deadline(Process& p, int64_t now) {
  put(control(p).next_deadline_realtime_ns, ring::earliest_deadline(control(p), now));
}

void apply_rules(Process& p) {
  ring::apply_rules(p.base, p.map_bytes, patches_calls(p) ? kSwitchSeek : kSwitchOff, {});
}

void replace_bytes(Process& p, uint8_t from, uint8_t to) {
  const uint32_t count = __atomic_load_n(&header(p).site_count, __ATOMIC_ACQUIRE);
  uint8_t* bytes = p.base + ring::kSwitchesOffset;
  for (uint32_t id = ring::kRefusedSite + 1; id <= count && id < ring::kSitesMax; ++id) {
    uint8_t expected = from;
    if (get(bytes[id]) == from)
      __atomic_compare_exchange_n(bytes + id, &expected, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  }
}

// Calls of sites that are off are noted for a while after anything changed: a function that was
// inlined has several. Those that come later are found when it is tried again, ever more rarely.
void open_window(Tending& t, uint64_t now) {
  t.window_ends = now + kWindowNs;
  t.next_window = t.window_ends + kFirstPauseNs;
  t.pause = kFirstPauseNs;
}
void turn_window(Process& p, uint64_t now) {
  Tending& t = p.tending;
  if (t.window_ends && now >= t.window_ends) {
    replace_bytes(p, kSwitchSeek, kSwitchOff);
    t.window_ends = 0;
  } else if (!t.window_ends && now >= t.next_window) {
    replace_bytes(p, kSwitchOff, kSwitchSeek);
    t.window_ends = now + kWindowNs;
    t.pause = t.pause * 4 < kLongestPauseNs ? t.pause * 4 : kLongestPauseNs;
    t.next_window = t.window_ends + t.pause;
  }
}

// Until a window closes or a rule ends; whatever changes wakes us.
uint64_t time_to_sleep(const Process& p) {
  if (p.tending.window_ends) return kTickNs;
  const int64_t deadline = get(control(p).next_deadline_realtime_ns);
  if (deadline == 0) return kSleepNs;
  const int64_t left = deadline - ring::realtime_ns();
  if (left <= int64_t(kMs)) return kMs;
  return uint64_t(left) < kSleepNs ? uint64_t(left) : kSleepNs;
}

void tended(Process& p) {
  open_calls(p);
  p.tending.by_thread = true;
  put(control(p).tended, 1u);
  if (patches_calls(p)) open_window(p.tending, ring::monotonic_ticks());
}

void* control_thread(void* process) { control_loop(*static_cast<Process*>(process)); }

}  // namespace

void tend_switches(Process& p) {
  Tending& t = p.tending;
  ring::ControlPage& page = control(p);
  const uint32_t sequence = __atomic_load_n(&page.sequence, __ATOMIC_ACQUIRE);
  const int64_t deadline = get(page.next_deadline_realtime_ns);
  const uint64_t now = ring::monotonic_ticks();
  if (sequence != t.seen || (deadline != 0 && ring::realtime_ns() >= deadline)) {
    store_deadline(p, ring::realtime_ns());
    apply_rules(p);
    t.seen = sequence;
    if (patches_calls(p)) {
      // The command writes plain offs: their calls are looked for like those that we turned off.
      replace_bytes(p, kSwitchOff, kSwitchSeek);
      open_window(t, now);
    }
  }
  if (patches_calls(p) && patch_calls(p)) open_window(t, now);
  if (patches_calls(p)) {
    turn_window(p, now);
  } else if (t.window_ends) {
    replace_bytes(p, kSwitchSeek, kSwitchOff);
    t.window_ends = 0;
  }
  __atomic_store_n(&page.applied, t.seen, __ATOMIC_RELEASE);
}

void control_loop(Process& p) {
  for (;;) {
    tend_switches(p);
    uint64_t ns = time_to_sleep(p);
    put(p.tending.sleeps, uint32_t{ns > kTickNs});
    // Either we see what was noted until now, or whoever notes it sees that we sleep.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (ns > kTickNs && calls_wait()) ns = kTickNs;
    sleep_on(p, ns);
    put(p.tending.sleeps, 0u);
  }
}

void wake_control(Process& p) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (get(p.tending.sleeps)) futex(&control(p).sequence, FUTEX_WAKE, 1, nullptr);
}

void start_control(Process& p) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const long least = sysconf(_SC_THREAD_STACK_MIN);
  pthread_attr_setstacksize(&attributes, kStackBytes + (least > 0 ? size_t(least) : 0));
  tended(p);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, control_thread, &p) == 0) {
    pthread_setname_np(thread, "autospan");
  } else {
    untend(p);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
}

void tend_by_drain(Process& p) { tended(p); }

void untend(Process& p) {
  p.tending.by_thread = p.tending.patches = false;
  put(control(p).tended, 0u);
  put(control(p).patching, uint32_t{ring::kPatchingNever});
  replace_bytes(p, kSwitchSeek, kSwitchOff);
}

void end_rules(Process& p) {
  int64_t due = get(control(p).next_deadline_realtime_ns);
  // One thread does it.
  if (due == 0 || !__atomic_compare_exchange_n(&control(p).next_deadline_realtime_ns, &due, int64_t{0},
                                               false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return;
  const uint32_t sequence = __atomic_load_n(&control(p).sequence, __ATOMIC_ACQUIRE);
  apply_rules(p);
  store_deadline(p, ring::realtime_ns());
  // A rule that was added meanwhile has written its own deadline, perhaps just before ours.
  if (__atomic_load_n(&control(p).sequence, __ATOMIC_ACQUIRE) != sequence)
    store_deadline(p, ring::realtime_ns());
}

void write_first_switch(Process& p, uint32_t id, const autospan_v1_site& site) {
  const ring::ControlPage& page = control(p);
  const uint8_t on = switch_when_on(site);
  // Hooks call from one place for all functions.
  const uint8_t off = patches_calls(p) && !(site.flags & AUTOSPAN_SITE_HOOK) ? kSwitchSeek : kSwitchOff;
  const size_t length = strnlen(site.name, 1024);
  end_rules_if_due(p);
  uint32_t sequence;
  do {
    sequence = __atomic_load_n(&page.sequence, __ATOMIC_ACQUIRE);
    const bool wanted = ring::switched_on(page, site.name, length, ring::realtime_ns());
    put(p.base[ring::kSwitchesOffset + id], wanted ? on : off);
    __atomic_store_n(&header(p).site_count, id, __ATOMIC_RELEASE);
    // Either we see that the rules change, or whoever changes them sees this site.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  } while (__atomic_load_n(&page.sequence, __ATOMIC_ACQUIRE) != sequence);
}

static const char* add_rule(ring::ControlPage& page, const char* glob, size_t length) {
  if (length > ring::kGlobBytesMax) return "is longer than 111 bytes; left out";
  if (const char* fault = detail::glob_fault(glob, long(length))) return fault;
  if (length >= 3 && !memcmp(glob, "re:", 3)) return "is a regex, which is not known here; left out";
  for (ring::SwitchGlob& rule : page.globs) {
    if (rule.on) continue;
    memcpy(rule.glob, glob, length);
    rule.on = 1;
    rule.order = page.sequence;
    return nullptr;
  }
  return "is beyond the first 24; left out";
}

void write_first_rules(Process& p) {
  ring::ControlPage& page = control(p);
  if (g_inherited.base) {
    memcpy(&page, g_inherited.base + ring::kControlOffset, sizeof page);
    page.applied = page.sequence;
    page.tended = page.patching = page.patched = 0;
    p.tending.seen = page.sequence;
    return;
  }
  page.global = 1;
  page.default_on = configured_mode() == Mode::kStandby ? 0 : 1;
  const char* globs = environment("AUTOSPAN_ON");
  static bool warned;
  while (globs && *globs) {
    const char* comma = strchrnul(globs, ',');
    const size_t length = size_t(comma - globs);
    if (const char* fault = length ? add_rule(page, globs, length) : nullptr) {
      char text[200];
      const int shown = length < 120 ? int(length) : 120;
      snprintf(text, sizeof text, "AUTOSPAN_ON: '%.*s' %s", shown, globs, fault);
      warn_once(warned, text, nullptr);
    }
    globs = *comma ? comma + 1 : comma;
  }
}

}  // namespace autospan::record
