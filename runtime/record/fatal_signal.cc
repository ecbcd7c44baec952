// Fatal signals whose disposition was the default: signal, address and pc go into the ring's header,
// then the default action takes its course, so that the core and the wait status are what they would
// have been, and of a fault that comes again the kernel's log too.
//
//   a host's handler before us    is not replaced: it is not the default
//   a host's handler after us     wins; if it calls what it found there, we note and step aside
//   fork                          a child inherits the handler; without a ring of its own it notes nothing
//   vfork                         shares our memory under another pid: notes nothing
#include "record/fatal_signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "record/environment.h"
#include "record/modules.h"
#include "ring/clock.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

// Every sanitizer's runtime has it, and nothing else.
extern "C" __attribute__((weak)) void __sanitizer_report_error_summary(const char*);

namespace autospan::record {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
constexpr int kFaults = 4;  // the first of them: an instruction that cannot go on
constexpr int kFromKernel = SI_KERNEL;

// Larger than we need: a host's handler with SA_ONSTACK and no stack of its own now runs here too. Its
// pages cost nothing until then; its addresses do where they are limited.
constexpr size_t kStackBytes = 1024 * 1024;
constexpr size_t kModestBytes = 64 * 1024;
constexpr size_t kGuardBytes = 4096 * (sizeof(void*) == 8 ? 16 : 1);  // a page of any machine

size_t g_stack_bytes;  // decided once: stacks are handed on
bool g_watches_overflow;
uint32_t g_noting;
pthread_key_t g_stack_key;
pthread_once_t g_stack_key_once = PTHREAD_ONCE_INIT;
bool g_stack_key_made;

uint64_t pc_of(const void* context) {
  const mcontext_t& m = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return uint64_t(m.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return m.pc;
#else
  (void)m;
  return 0;
#endif
}

// The instruction that failed fails again when the handler returns, and this time the kernel acts.
// SI_KERNEL may also stand for a signal frame that found no room, which would not come again.
bool comes_again(int signal, int code) {
  if (code <= 0 || code == kFromKernel || (signal == SIGBUS && code == BUS_MCEERR_AO)) return false;
  for (int i = 0; i < kFaults; ++i)
    if (kSignals[i] == signal) return true;
  return false;
}

void note(Process& p, int signal, const siginfo_t& info, const void* context) {
  // Two threads at once: one of them is told of, whole.
  if (__atomic_exchange_n(&g_noting, 1u, __ATOMIC_ACQUIRE)) return;
  ring::FileHeader& h = header(p);
  const bool sent = info.si_code <= 0;
  put(h.fatal_signal, 0u);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  put(h.fatal_code, uint32_t(info.si_code));
  put(h.fatal_address, sent ? uint64_t{0} : reinterpret_cast<uint64_t>(info.si_addr));
  put(h.fatal_sender, sent ? uint32_t(info.si_pid) : 0u);
  put(h.fatal_pc, pc_of(context));
  put(h.fatal_tid, uint32_t(syscall(SYS_gettid)));
  put(h.fatal_ticks, ring::read_clock(p.clock));
  auto& module = *reinterpret_cast<ring::FaultModule*>(p.base + ring::kFaultOffset);
  put(module.path_bytes, 0u);
  __atomic_store_n(&h.fatal_signal, uint32_t(signal), __ATOMIC_RELEASE);
  find_module(h.fatal_pc, module);
  __atomic_store_n(&g_noting, 0u, __ATOMIC_RELEASE);
}

void restore_default(int signal) {
  struct sigaction act {};
  act.sa_handler = SIG_DFL;
  sigaction(signal, &act, nullptr);
}

void on_fatal(int signal, siginfo_t* info, void* context);

bool install(int signal) {
  struct sigaction before {}, ours {};
  if (sigaction(signal, nullptr, &before) != 0) return false;
  if (before.sa_flags & SA_SIGINFO && before.sa_sigaction == on_fatal) return true;  // after fork
  if (before.sa_flags & SA_SIGINFO || before.sa_handler != SIG_DFL) return false;
  ours.sa_sigaction = on_fatal;
  // SA_RESETHAND: whatever goes wrong in the handler meets the default action. Not SA_NODEFER: what
  // we send ourselves waits until the handler has returned, so that the core shows the fault's frame.
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
  if (sigaction(signal, &ours, &before) != 0) return false;
  if (!(before.sa_flags & SA_SIGINFO) && before.sa_handler == SIG_DFL) return true;
  sigaction(signal, &before, nullptr);  // the host was quicker
  return false;
}

void on_fatal(int signal, siginfo_t* info, void* context) {
  const int saved = errno;
  const pid_t pid = getpid();
  // The first process of a pid namespace is spared what is only sent to it.
  if (pid == 1 && info->si_code <= 0) {
    install(signal);
    errno = saved;
    return;
  }
  Process* p = g_process;
  if (p && p->state == Attachment::kAttached && header(*p).process.pid == uint32_t(pid))
    note(*p, signal, *info, context);
  restore_default(signal);  // the kernel has, unless a host's handler called us
  if (!comes_again(signal, info->si_code) &&
      syscall(SYS_rt_tgsigqueueinfo, pid, syscall(SYS_gettid), signal, info) != 0)
    syscall(SYS_tgkill, pid, syscall(SYS_gettid), signal);
  errno = saved;
}

// Unmapping costs more than a thread's whole life: every core that ran it is interrupted. Without a
// lock, since a thread ends where the recorder's may not be taken.
void keep_or_unmap(void* memory, size_t bytes) {
  if (g_process && g_process->state == Attachment::kAttached)
    for (void*& place : g_process->idle_stacks) {
      void* none = nullptr;
      if (__atomic_compare_exchange_n(&place, &none, memory, false, __ATOMIC_RELEASE,
                                      __ATOMIC_RELAXED))
        return;
    }
  munmap(memory, bytes);
}

void* idle_stack(Process& p) {
  for (void*& place : p.idle_stacks)
    if (get(place))
      if (void* memory = __atomic_exchange_n(&place, nullptr, __ATOMIC_ACQUIRE)) return memory;
  return nullptr;
}

void* make_stack(size_t bytes) {
  void* memory = mmap(nullptr, kGuardBytes + bytes, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (mprotect(static_cast<uint8_t*>(memory) + kGuardBytes, bytes, PROT_READ | PROT_WRITE) == 0)
    return memory;
  munmap(memory, kGuardBytes + bytes);
  return nullptr;
}

void take_signal_stack(void* memory) {
  stack_t now;
  auto* stack = static_cast<uint8_t*>(memory) + kGuardBytes;
  // Another one by now: the host may still put ours back, which therefore stays.
  if (sigaltstack(nullptr, &now) != 0 || now.ss_sp != stack || now.ss_flags & SS_ONSTACK) return;
  const size_t bytes = now.ss_size;
  now = {};
  now.ss_flags = SS_DISABLE;
  if (sigaltstack(&now, nullptr) == 0) keep_or_unmap(memory, kGuardBytes + bytes);
}

void make_stack_key() {
  g_stack_key_made = pthread_key_create(&g_stack_key, take_signal_stack) == 0;
}

}  // namespace

void watch_fatal_signals(Process&) {
  g_noting = 0;  // of a thread that the parent had
  if (!configured_signals() || secure_execution() || __sanitizer_report_error_summary) return;
  if (!g_stack_bytes) {
    rlimit limit;
    const bool limited = getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
    g_stack_bytes = (limited ? kModestBytes : kStackBytes) + ((getauxval(AT_MINSIGSTKSZ) + 4095) & ~size_t{4095});
  }
  // For the first process of a pid namespace the default action of the others is none.
  const int count = getpid() == 1 ? kFaults : int(sizeof kSignals / sizeof *kSignals);
  for (int i = 0; i < count; ++i) {
    const bool watched = install(kSignals[i]);
    if (kSignals[i] == SIGSEGV) g_watches_overflow = watched;
  }
  // Looked up here for the first time, not in a handler.
  ring::FaultModule self;
  find_module(reinterpret_cast<uint64_t>(&on_fatal), self);
}

void give_signal_stack(Process& p) {
  stack_t now;
  if (!g_watches_overflow || sigaltstack(nullptr, &now) != 0 || !(now.ss_flags & SS_DISABLE)) return;
  pthread_once(&g_stack_key_once, make_stack_key);
  if (!g_stack_key_made) return;
  const size_t bytes = g_stack_bytes;
  void* memory = idle_stack(p);
  if (!memory) memory = make_stack(bytes);
  if (!memory) return;
  now = {};
  now.ss_sp = static_cast<uint8_t*>(memory) + kGuardBytes;
  now.ss_size = bytes;
  if (pthread_setspecific(g_stack_key, memory) != 0) {
    munmap(memory, kGuardBytes + bytes);
  } else if (sigaltstack(&now, nullptr) != 0) {
    pthread_setspecific(g_stack_key, nullptr);
    munmap(memory, kGuardBytes + bytes);
  }
}

}  // namespace autospan::record
