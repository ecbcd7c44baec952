// The drain thread, seen from the host: made at the first span of a process that exports, with all
// signals blocked, and waited for at exit, never longer than the deadline.
#include "record/drain.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "autospan/abi.h"
#include "ring/clock.h"
#include "record/control.h"
#include "record/environment.h"
#include "record/process.h"
#include "ring/drain_host.h"

namespace autospan::record {
namespace {

constexpr uint32_t kDefaultDeadlineMs = 2000;
constexpr uint32_t kGraceMs = 50;

ring::DrainHost g_host;

// In wiped memory: a child of fork, by whatever call, has no drain thread and waits for none.
bool started() { return g_process && g_process->exports; }

void futex_wake(uint32_t* word) { syscall(SYS_futex, word, FUTEX_WAKE, 0x7fffffff, nullptr); }

// True once *word is `wanted` or beyond; false at the deadline.
bool wait_for(const uint32_t* word, uint32_t wanted, uint64_t deadline_ns) {
  for (;;) {
    const uint32_t now = __atomic_load_n(word, __ATOMIC_ACQUIRE);
    if (int32_t(now - wanted) >= 0) return true;
    const uint64_t clock = ring::monotonic_ticks();
    if (clock >= deadline_ns) return false;
    const uint64_t left = deadline_ns - clock;
    const timespec timeout{time_t(left / 1'000'000'000), long(left % 1'000'000'000)};
    syscall(SYS_futex, word, FUTEX_WAIT, now, &timeout);
  }
}

void wake_drain() {
  __atomic_fetch_add(&g_host.wake, 1, __ATOMIC_RELEASE);
  futex_wake(&g_host.wake);
}

void finish(uint32_t delivered) {
  __atomic_store_n(&g_host.delivered, delivered, __ATOMIC_RELEASE);
  __atomic_store_n(&g_host.finished, 1u, __ATOMIC_RELEASE);
  futex_wake(&g_host.finished);
  // Whoever flushes meanwhile is answered too.
  __atomic_store_n(&g_host.flush_done, g_host.flush_wanted, __ATOMIC_RELEASE);
  futex_wake(&g_host.flush_done);
}

// Beside this library.
void* open_drain_library() {
  Dl_info self;
  char path[512];
  if (dladdr(reinterpret_cast<void*>(&open_drain_library), &self) && self.dli_fname) {
    const char* slash = strrchr(self.dli_fname, '/');
    const int length = slash ? int(slash - self.dli_fname) + 1 : 0;
    snprintf(path, sizeof path, "%.*slibautospan-drain.so", length, self.dli_fname);
    if (void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) return library;
  }
  return dlopen("libautospan-drain.so", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

void* drain_thread(void*) {
  static bool warned;
  pthread_setname_np(pthread_self(), "autospan");
  void* library = open_drain_library();
  const auto main =
      library ? reinterpret_cast<ring::DrainMain>(dlsym(library, ring::kDrainMainSymbol)) : nullptr;
  if (!main) {
    warn_once(warned, "nothing is exported: the drain library does not load", dlerror());
    finish(0);
  } else {
    main(&g_host);
    finish(__atomic_load_n(&g_host.delivered, __ATOMIC_ACQUIRE));
  }
  // Nothing is drained; the switches are still there to be turned.
  if (!__atomic_load_n(&g_host.stop, __ATOMIC_ACQUIRE)) control_loop(*g_process);
  return nullptr;
}

void tend() { tend_switches(*g_process); }

}  // namespace

void start_drain(Process& p) {
  if (configured_drain() != Drain::kThread) return;
  g_host = {};
  g_host.version = ring::kDrainHostVersion;
  g_host.bytes = sizeof g_host;
  g_host.base = p.base;
  g_host.map_bytes = p.map_bytes + p.spare_bytes;
  g_host.exit_deadline_ms = kDefaultDeadlineMs;
  g_host.inherits_secure = secure_execution();
  g_host.tend = tend;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  tend_by_drain(p);
  p.exports = pthread_create(&thread, nullptr, drain_thread, nullptr) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (p.exports)
    pthread_detach(thread);
  else
    untend(p);
}

bool stop_drain() {
  if (!started()) return true;
  __atomic_store_n(&g_host.stop, 1u, __ATOMIC_RELEASE);
  wake_drain();
  const uint64_t start = ring::monotonic_ticks();
  // The drain may still be loading and tell its own deadline a little later.
  for (;;) {
    const uint64_t deadline =
        start + uint64_t{__atomic_load_n(&g_host.exit_deadline_ms, __ATOMIC_ACQUIRE) + kGraceMs} *
                    1'000'000;
    const uint64_t now = ring::monotonic_ticks();
    if (wait_for(&g_host.finished, 1, now + 100'000'000 < deadline ? now + 100'000'000 : deadline))
      break;
    if (ring::monotonic_ticks() >= deadline) return false;
  }
  return __atomic_load_n(&g_host.delivered, __ATOMIC_ACQUIRE) == 1;
}

}  // namespace autospan::record

using namespace autospan;
using namespace autospan::record;

extern "C" __attribute__((visibility("default"))) int autospan_v1_flush(
    autospan_u32 timeout_ms) noexcept {
  if (!started()) return configured_drain() != Drain::kThread;
  const uint32_t wanted = __atomic_add_fetch(&g_host.flush_wanted, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&g_host.flush_timeout_ms, timeout_ms, __ATOMIC_RELEASE);
  wake_drain();
  const uint64_t deadline = ring::monotonic_ticks() + uint64_t{timeout_ms} * 1'000'000;
  return wait_for(&g_host.flush_done, wanted, deadline) &&
         __atomic_load_n(&g_host.flush_delivered, __ATOMIC_ACQUIRE) == 1;
}
