#include "record/identity.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ring/clock.h"
#include "record/environment.h"

namespace autospan::record {

void program_name(char* out, size_t bytes) {
  char path[512];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  const char* name = program_invocation_short_name;
  if (n > 0) {
    path[n] = 0;
    const char* slash = strrchr(path, '/');
    name = slash ? slash + 1 : path;
  }
  snprintf(out, bytes, "%s", name);
  if (!*out) snprintf(out, bytes, "unknown");
}

static void write_text(ring::FileHeader& h, ring::HeaderText which, const char* text,
                       uint32_t& offset) {
  size_t length = text ? strlen(text) : 0;
  if (length > 4096 - offset) length = 4096 - offset;
  if (length) memcpy(reinterpret_cast<char*>(&h) + offset, text, length);
  h.texts[which] = {offset, uint32_t(length)};
  offset += uint32_t(length);
}

void write_resource(Process& p) {
  ring::FileHeader& h = header(p);
  char program[128], host[128] = {};
  program_name(program, sizeof program);
  gethostname(host, sizeof host - 1);
  uint32_t offset = ring::kHeaderTextOffset;
  write_text(h, ring::kTextProgram, program, offset);
  write_text(h, ring::kTextHostname, host, offset);
  write_text(h, ring::kTextPath, p.path, offset);
  write_text(h, ring::kTextService, environment("OTEL_SERVICE_NAME"), offset);
  // The largest last: what does not fit is cut.
  write_text(h, ring::kTextAttributes, environment("OTEL_RESOURCE_ATTRIBUTES"), offset);
}

void set_service(Process& p, const char* service) {
  ring::FileHeader& h = header(p);
  if (!service || !*service || h.texts[ring::kTextSiteService].length) return;
  uint32_t offset = h.texts[ring::kTextAttributes].offset + h.texts[ring::kTextAttributes].length;
  write_text(h, ring::kTextSiteService, service, offset);
}

#if defined(__x86_64__)
static void cpuid(uint32_t leaf, uint32_t out[4]) {
  asm volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "0"(leaf), "2"(0));
}
static bool tsc_is_invariant() {
  uint32_t r[4];
  cpuid(0x80000000, r);
  if (r[0] < 0x80000007) return false;
  cpuid(0x80000007, r);
  return r[3] & 1 << 8;
}
#endif

// The TSC must be invariant, go forward and keep a plausible pace beside CLOCK_MONOTONIC.
static bool tsc_self_test(uint64_t* per_second) {
#if defined(__x86_64__)
  if (!tsc_is_invariant()) return false;
  const uint64_t m0 = ring::monotonic_ticks(), t0 = __rdtsc();
  uint64_t m1, t1, last = t0;
  do {
    t1 = __rdtsc();
    m1 = ring::monotonic_ticks();
    if (t1 < last) return false;
    last = t1;
  } while (m1 - m0 < 30'000);
  *per_second = uint64_t(double(t1 - t0) / double(m1 - m0) * 1e9);
  return *per_second > 100'000'000 && *per_second < 20'000'000'000;
#else
  (void)per_second;
  return false;
#endif
}

void take_anchor(Process& p) {
  ring::FileHeader& h = header(p);
  ring::ClockAnchor best{};
  uint64_t narrowest = ~uint64_t{0};
  for (int i = 0; i < 3; ++i) {
    timespec mono, real;
    const uint64_t before = ring::read_ticks(p.tsc);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    const uint64_t after = ring::read_ticks(p.tsc);
    clock_gettime(CLOCK_REALTIME, &real);
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    best.ticks = before + narrowest / 2;
    best.monotonic_ns = int64_t(mono.tv_sec) * 1'000'000'000 + mono.tv_nsec;
    best.realtime_ns = int64_t(real.tv_sec) * 1'000'000'000 + real.tv_nsec;
  }
  const uint32_t count = h.anchor_count;
  ring::ClockAnchor& slot =
      h.anchors[count == 0 ? 0 : 1 + (count - 1) % (ring::kAnchors - 1)];
  put(slot.sequence, uint64_t{0});
  __atomic_thread_fence(__ATOMIC_RELEASE);
  put(slot.ticks, best.ticks);
  put(slot.monotonic_ns, best.monotonic_ns);
  put(slot.realtime_ns, best.realtime_ns);
  __atomic_store_n(&slot.sequence, uint64_t{count} + 1, __ATOMIC_RELEASE);
  __atomic_store_n(&h.anchor_count, count + 1, __ATOMIC_RELEASE);
}

void start_clock(Process& p) {
  ring::FileHeader& h = header(p);
  const char* wanted = environment("AUTOSPAN_CLOCK");
  uint64_t per_second = 0;
  p.tsc = !(wanted && !strcmp(wanted, "monotonic")) && tsc_self_test(&per_second);
  h.clock_kind = p.tsc ? ring::kClockTsc : ring::kClockMonotonic;
  h.ticks_per_second = p.tsc ? per_second : 1'000'000'000;
  take_anchor(p);
}

}  // namespace autospan::record
