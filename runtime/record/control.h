// Switches of a running process. They are changed from outside, in the ring's control page; what is
// left to do within the process is what the command cannot: ending rules whose deadline has passed,
// and patching calls away and back. A thread tends to that where there is one.
#pragma once

#include "record/narrow.h"
#include "record/process.h"
#include "ring/switch_rules.h"

namespace autospan::record {

// Makes a thread that does nothing else. For processes that stand by and have no drain thread.
void start_control(Process& p);
// The body of such a thread, and what is left to the drain's where it drains nothing. Never returns.
[[noreturn]] void control_loop(Process& p);
// The drain thread tends the switches; called before it is made, and where it could not be.
void tend_by_drain(Process& p);
void untend(Process& p);

// What is to do now. By the one tending thread, within 50 ms of a change.
void tend_switches(Process& p);
// Something new to patch: the tending thread need not sleep on.
void wake_control(Process& p);

// What the hot path does not do, by the general one.
inline uint8_t switch_when_on(const autospan_v1_site& site) {
  const bool special = g_capture != Capture::kAll || site.flags & (AUTOSPAN_SITE_ROOT | AUTOSPAN_SITE_CPU | AUTOSPAN_SITE_STACK) || site.min_duration_us;
  return special ? kSwitchSpecial : kSwitchOn;
}
// A new site's byte; counted from then on. With the lock held.
void write_first_switch(Process& p, uint32_t id, const autospan_v1_site& site);
// One that came back with its library, in text whose calls are not patched.
void seek_calls_again(Process& p, uint32_t id, const autospan_v1_site& site);

// By threads that record, where nobody tends: at chunk turns and when a site is registered.
void end_rules(Process& p);
inline void end_rules_if_due(Process& p) {
  const int64_t deadline = get(control(p).next_deadline_realtime_ns);
  if (__builtin_expect(deadline != 0, 0) && !p.tending.by_thread && ring::realtime_ns() >= deadline)
    end_rules(p);
}

// AUTOSPAN and AUTOSPAN_ON into the control page of a new ring, or the parent's page after fork.
void write_first_rules(Process& p);

}  // namespace autospan::record
