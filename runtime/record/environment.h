// The environment, read once at attach. Under AT_SECURE every variable is ignored.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace autospan::record {

// Null = unset or empty, or a program that runs with another user's rights.
const char* environment(const char* name);
bool secure_execution();

// A whole decimal number in [low, high]; else `fallback`, with a warning naming the variable.
uint64_t environment_number(const char* name, uint64_t fallback, uint64_t low, uint64_t high);

// What AUTOSPAN_EXPORT and its neighbours come to, as far as the recorder needs it: does anything
// read the ring while the process lives, and who?
enum class Drain : uint32_t { kNone, kThread, kOutside };
Drain configured_drain();

// A number with us, ms, s, m, h or d, in microseconds; else `fallback`, with a warning.
uint64_t environment_duration_us(const char* name, uint64_t fallback);

// AUTOSPAN_SITE_BUDGET as parts per million of a thread's time; 0 = off.
uint64_t configured_site_budget();

// Each is read once, so that what is wrong is said once.
// AUTOSPAN: on (default), off, standby.
enum class Mode : uint32_t { kOn, kOff, kStandby };
Mode configured_mode();
// AUTOSPAN_CLOCK: unset, tsc (even where CPUID does not promise that it is invariant), monotonic, precise.
enum class ClockChoice : uint32_t { kAny, kTsc, kMonotonic, kPrecise };
ClockChoice configured_clock();
// AUTOSPAN_PATCH: whether calls of functions that are off may be patched away.
bool configured_patching();
// AUTOSPAN_RING: file (default), memory, off.
enum class Storage : uint32_t { kFile, kMemory, kOff };
Storage configured_storage();
// AUTOSPAN_SIGNALS: on (default), off.
bool configured_signals();
// AUTOSPAN_CAPTURE: all (default), numbers, none.
enum class Capture : uint8_t { kAll, kNumbers, kNone };
Capture configured_capture();

}  // namespace autospan::record
