// Calls of sites that are off, patched away: in the text of the running program `call enter` becomes
// `mov $0,%eax`, of the same length and with the same result, and back when the site is turned on.
//
// The return address names the call. It is noted where a site is registered, and whenever a call comes
// from a site whose byte says that it is looked for (kSwitchSeek). Only the thread that tends the
// switches writes text, and only what it has made sure of: see patch_text.h. Everything else stays as
// it is, and its byte is tested.
#pragma once

#include "record/process.h"

namespace autospan::record {

// Before the first site is registered, where a thread will tend the switches. AUTOSPAN_PATCH=off,
// valgrind and other machines than x86-64 leave it shut.
void open_calls(Process& p);
inline bool patches_calls(const Process& p) { return p.tending.patches; }

// A call of the site returns to `back`. By any thread, in a signal handler too; takes no lock.
void note_call(autospan_v1_site* site, const void* back);
// In a child of fork, by its only thread. Nobody tends its switches until it records, and it never would as
// long as its calls are away.
void bring_calls_back();
// Something was noted that patch_calls() has not seen.
bool calls_wait();

// Away with the calls of sites that are off, back with those of sites that are on. True = there were
// new ones. By the tending thread.
bool patch_calls(Process& p);

}  // namespace autospan::record
