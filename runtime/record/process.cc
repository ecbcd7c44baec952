// Attaching a process to a ring, keeping it through fork, and leaving it at exit.
#include "record/narrow.h"
#include "record/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "model/traceparent.h"
#include "ring/clock.h"
#include "record/budget.h"
#include "record/clock.h"
#include "record/control.h"
#include "record/copies.h"
#include "record/drain.h"
#include "record/environment.h"
#include "record/fatal_signal.h"
#include "record/identity.h"
#include "record/modules.h"
#include "record/patch.h"
#include "ring/directory.h"
#include "ring/ids.h"
#include "ring/process_identity.h"
#include "ring/ring_file.h"
#include "ring/sweep.h"

namespace autospan::record {

Capture g_capture = Capture::kAll;

Process* g_process;
Inherited g_inherited;
__thread bool SlowPath::t_slow;

namespace {

constexpr size_t kWiperBytes = 32u << 20;   // 65,000 writers, touched as they are used
constexpr size_t kProcessBytes = 4096;
constexpr size_t kScratchBytes = 8192;      // while it is attached
static_assert(sizeof(Process) <= kProcessBytes);

constexpr uint64_t kSpareBytes = 512u << 20;  // addresses for chunks in private memory

// What became of this image, and in the high half the process that was about it.
enum Once : uint32_t { kOnceNever = 0, kOnceBegun = 1, kOnceReady = 2, kOnceOff = 3 };
uint64_t g_once;
int g_exit_status = -1;
#define AUTOSPAN_TLS __thread __attribute__((tls_model("initial-exec")))
AUTOSPAN_TLS autospan_v1_context t_forking;  // of the span that forks
AUTOSPAN_TLS bool t_forks_in_span;
uint64_t g_wiper_bytes;

void say(const char* text, const char* detail) {
  const char* const parts[] = {"autospan: ", text, detail ? ": " : "", detail ? detail : "", "\n"};
  iovec line[5];
  for (int i = 0; i < 5; ++i) line[i] = {const_cast<char*>(parts[i]), strlen(parts[i])};
  if (writev(STDERR_FILENO, line, 5) < 0) return;
}

// What each candidate directory said, for the one warning where none of them would do. In memory that
// is zero.
struct Choice {
  Process* process;
  uint64_t wanted;
  const char* why;
  char refused[ring::kPathMax];
  bool explicit_directory;
  bool another_copy;
  ring::Identity self;
  uint64_t ring_id;
  ring::Mapping mapping;
  char here[ring::kPathMax];   // the working directory
  char text[720];
  CopySearch copies;
};
static_assert(sizeof(Choice) <= kScratchBytes);

uint64_t initial_bytes() {
  // Header, control page and the first extent; the switch bytes are backed as sites appear.
  return ring::kSwitchesOffset;
}

// Under a limit on address space the host needs it more than we do: threads' stacks come out of it.
uint64_t modest(uint64_t bytes) {
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return bytes;
  const uint64_t share = (limit.rlim_cur / 32) & ~uint64_t{4095};
  return share < bytes ? share : bytes;
}

uint64_t spare_bytes() { return modest(kSpareBytes) == kSpareBytes ? kSpareBytes : 0; }

bool try_directory(void* context, const char* path, ring::DirectoryState state) {
  Choice& c = *static_cast<Choice*>(context);
  const bool first = c.explicit_directory && !c.refused[0];
  if (state != ring::DirectoryState::kUsable) {
    if (first) {
      snprintf(c.refused, sizeof c.refused, "%s", path);
      c.why = state == ring::DirectoryState::kForeign
                  ? "not a directory of our own with mode 0700"
                  : "does not exist and cannot be made";
    }
    return false;
  }
  const uint64_t bytes = ring::affordable_bytes(path, c.wanted);
  if (bytes < ring::chunk_offset(2)) {
    if (!c.why) c.why = "no space left, or a file size limit";
    if (!c.refused[0]) snprintf(c.refused, sizeof c.refused, "%s", path);
    return false;
  }
  if (another_copy_records(c.copies, path, c.self)) return c.another_copy = true;
  char program[64];
  program_name(program, sizeof program);
  uint64_t& unique = c.ring_id;
  if (getrandom(&unique, sizeof unique, GRND_NONBLOCK) != sizeof unique)
    unique = ring::monotonic_ticks() ^ reinterpret_cast<uintptr_t>(&unique);
  // The host may go to another directory before the file is removed.
  if (*path == '/' || !getcwd(c.here, sizeof c.here)) c.here[0] = 0;
  const int length =
      snprintf(c.process->path, sizeof c.process->path, "%s%s%s/%.40s-%d-%016llx.ring", c.here,
               *c.here ? "/" : "", path, program, getpid(), static_cast<unsigned long long>(unique));
  if (length < 0 || size_t(length) >= sizeof c.process->path) {
    c.why = "its path is too long";
  } else {
    const uint64_t whole = ring::chunk_offset(uint32_t((bytes - ring::kChunksOffset) / ring::kChunkBytes));
    c.mapping = ring::create_file(c.process->path, whole, initial_bytes(), spare_bytes(), &c.why);
    if (c.mapping.base) return true;
  }
  snprintf(c.refused, sizeof c.refused, "%s", path);
  c.process->path[0] = 0;
  return false;
}

bool map_ring(Process& p, const ring::Identity& self) {
  uint64_t total =
      modest(environment_number("AUTOSPAN_RING_TOTAL_MB", 64, 1, 1024) << 20);
  if (total < 16 * ring::kChunkBytes) total = 16 * ring::kChunkBytes;
  // The host's stack may be a small one: the alternate one of a signal handler.
  Choice& c = *reinterpret_cast<Choice*>(p.known_sites + kKnownSitesBytes);
  c.process = &p;
  c.wanted = ring::kChunksOffset + total;
  c.self = self;
  if (configured_storage() == Storage::kFile && !secure_execution()) {
    c.explicit_directory = environment("AUTOSPAN_RING_DIR") != nullptr;
    ring::visit_ring_directories(environment("AUTOSPAN_RING_DIR"), environment("TMPDIR"), true, &c,
                                 try_directory);
    if (c.another_copy) {
      say("this program holds the autospan runtime twice: one copy records, the other one stays off;"
          " link libautospan.so, or the archive into one place", nullptr);
      return false;
    }
    if (c.explicit_directory && c.refused[0]) {
      snprintf(c.text, sizeof c.text, "AUTOSPAN_RING_DIR=%s cannot be used: %s; using %s", c.refused,
               c.why, c.mapping.base ? c.process->path : "private memory, lost if the process dies");
      say(c.text, nullptr);
    } else if (!c.mapping.base) {
      say("no directory for the ring file: spans stay in private memory and are lost if the process"
          " dies; set AUTOSPAN_RING_DIR", c.why);
    }
  }
  if (!c.mapping.base) c.mapping = ring::private_memory(c.wanted, spare_bytes());
  for (uint64_t smaller = c.wanted / 2; !c.mapping.base && smaller > ring::chunk_offset(16); smaller /= 2)
    c.mapping = ring::private_memory(smaller, 0);   // RLIMIT_AS
  if (!c.mapping.base) return false;
  p.base = c.mapping.base;
  p.map_bytes = c.mapping.bytes;
  p.spare_bytes = c.mapping.spare;
  header(p).ring_id = c.ring_id;
  p.in_file = c.mapping.in_file;
  p.device = c.mapping.device;
  p.inode = c.mapping.inode;
  return true;
}

uint64_t parse_run_id(const char* text) {
  if (!text || strlen(text) != 16) return 0;
  char* end;
  const uint64_t id = strtoull(text, &end, 16);
  return *end ? 0 : id;
}

void fill_header(Process& p, const ring::Identity& self) {
  ring::FileHeader& h = header(p);
  h.version = ring::kFormatVersion;
  h.header_bytes = sizeof(ring::FileHeader);
  h.slot_bytes = ring::kSlotBytes;
  h.chunk_bytes = ring::kChunkBytes;
  h.thread_header_bytes = sizeof(ring::ThreadHeader);
  h.chunk_header_bytes = sizeof(ring::ChunkHeader);
  h.site_block_bytes = sizeof(ring::SiteBlock);
  h.sites_max = ring::kSitesMax;
  h.chunks_offset = ring::kChunksOffset;
  h.chunks_max = p.chunks_max;
  h.process = self;
  h.mapped_at = reinterpret_cast<uint64_t>(p.base);
  h.parent_pid = uint32_t(getppid());
  h.euid = geteuid();
  h.run_id = parse_run_id(environment("AUTOSPAN_RUN"));
  h.map_bytes = p.map_bytes;
  h.state = ring::kProcessLive;
  h.next_uid = 1;
  write_first_rules(p);
  write_resource(p);
}

// The trace that this process continues: the forking thread's span, else TRACEPARENT.
void write_process_context(Process& p) {
  autospan_v1_context context{};
  if (g_inherited.has_context) {
    context = g_inherited.context;
  } else {
    const char* text = environment("TRACEPARENT");
    if (!text) return;
    if (!model::parse_traceparent(text, strlen(text), context)) {
      header(p).foreign_traceparent = 1;  // told by `dump`: the host's stderr is its own
      return;
    }
  }
  const uint32_t chunk = claim_chunk(p, ring::kChunkContexts, ring::kNone, 0);
  if (chunk == ring::kNone) return;
  auto* block = reinterpret_cast<ring::ContextBlock*>(chunk_slots(p, chunk) + 1);
  block->trace_id[0] = ring::load_big_endian(context.trace_id);
  block->trace_id[1] = ring::load_big_endian(context.trace_id + 8);
  block->span_id = ring::load_big_endian(context.span_id);
  block->flags = context.flags;
  block->rate = context.rate;
  __atomic_store_n(&block->generation, 1u, __ATOMIC_RELEASE);
  p.process_context = 1u << 24 | (chunk * ring::kSlotsPerChunk + 1);
}

void describe_for_cores(Process& p) {
  ring::CoreDescriptor& d = p.core;
  d.version = ring::kFormatVersion;
  d.bytes = sizeof d;
  d.base = reinterpret_cast<uint64_t>(p.base);
  d.map_bytes = p.map_bytes;
  d.process = header(p).process;
  d.in_file = p.in_file;
  snprintf(d.path, sizeof d.path, "%s", p.path);
  memcpy(d.magic, ring::kCoreMagic, sizeof d.magic);
}

bool open_ring(Process& p) {
  const ring::Identity self = ring::current_identity();
  if (!map_ring(p, self)) return false;
  const uint64_t held = (p.map_bytes - ring::kChunksOffset) / ring::kChunkBytes;
  p.chunks_max = uint32_t(held < ring::kChunksMax ? held : ring::kChunksMax);
  const uint64_t spare = p.spare_bytes / ring::kChunkBytes;
  p.chunks_limit =
      uint32_t(p.chunks_max + spare < ring::kChunksMax ? p.chunks_max + spare : ring::kChunksMax);
  p.thread_chunks_max =
      uint32_t(environment_number("AUTOSPAN_RING_KB", 1024, 16, 1u << 20) * 1024 / ring::kChunkBytes);
  p.site_chunk = p.free_chunk = p.free_private = p.private_from = p.dead_first =
      p.dead_last = ring::kNone;
  if (!open_switches(p)) return false;
  p.counter_chunks[0] = p.counter_chunks[1] = ring::kNone;
  fill_header(p, self);
  g_capture = configured_capture();
  start_clock(p);
  start_budget(p);
  inherit_sites(p);
  write_process_context(p);
  write_modules(p);
  put(g_switches, static_cast<const uint8_t*>(p.base + ring::kSwitchesOffset));
  // Nothing points into the parent's chunks any more. Its switches stay: another thread may have
  // loaded their address just now.
  if (g_inherited.base)
    munmap(const_cast<uint8_t*>(g_inherited.base) + ring::kChunksOffset,
           g_inherited.map_bytes - ring::kChunksOffset);
  g_inherited = {p.base, p.map_bytes + p.spare_bytes, p.private_from, p.private_ready, {}, false};
  memcpy(header(p).magic, ring::kMagic, sizeof ring::kMagic);
  describe_for_cores(p);
  return true;
}

void on_exit_status(int status, void*) { g_exit_status = status; }

__thread bool t_holds_patching __attribute__((tls_model("initial-exec")));

// Threads may fork at once; in the child there is one.
void before_fork() {
  t_forks_in_span = false;
  if (!g_process || g_process->state != Attachment::kAttached) return;
  t_forks_in_span = autospan_v1_current_context(&t_forking) != 0;
  // The child's text is ours as it is now. Its lock is wiped, hence free.
  t_holds_patching = pthread_mutex_lock(&g_process->tending.patching) == 0;
}
void after_fork_in_parent() {
  if (t_holds_patching) pthread_mutex_unlock(&g_process->tending.patching);
  t_holds_patching = false;
}
void after_fork_in_child() {
  g_exit_status = -1;
  t_holds_patching = false;
  const int saved = errno;
  bring_calls_back();
  errno = saved;
  if (!t_forks_in_span) return;
  g_inherited.context = t_forking;
  g_inherited.has_context = true;
}

// For good. A child of fork has sites with ids, so each has its byte.
void turn_off() {
  static const uint8_t kAllOff[ring::kSitesMax] = {};
  put(g_switches, static_cast<const uint8_t*>(kAllOff));
}

// Once in the life of a program image; a child inherits the hooks.
bool prepare_image() {
  const uint64_t begun = uint64_t{uint32_t(getpid())} << 32 | kOnceBegun;
  uint64_t seen = kOnceNever;
  while (!__atomic_compare_exchange_n(&g_once, &seen, begun, false, __ATOMIC_ACQ_REL,
                                      __ATOMIC_ACQUIRE)) {
    if (uint32_t(seen) != kOnceBegun) return uint32_t(seen) == kOnceReady;
    // A fork came in between: whoever was about it is not in this process.
    if (seen != begun && !in_borrowed_memory()) continue;
    usleep(50);
    seen = kOnceNever;
  }
  bool ready = configured_mode() != Mode::kOff && configured_storage() != Storage::kOff;
  if (ready && !clock_may_be_read()) {
    say("this process may not read the TSC (PR_SET_TSC): nothing is recorded", nullptr);
    ready = false;
  }
  void* pages = MAP_FAILED;
  if (ready)
    pages = mmap(nullptr, g_wiper_bytes = modest(kWiperBytes), PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages != MAP_FAILED) {
    // Without it (Linux < 4.14) a child would write into its parent's ring: better none there.
    ready = madvise(pages, g_wiper_bytes, MADV_WIPEONFORK) == 0;
    on_exit(on_exit_status, nullptr);
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    g_process = static_cast<Process*>(pages);
  } else {
    ready = false;
  }
  if (!ready) turn_off();
  __atomic_store_n(&g_once, uint64_t{ready ? kOnceReady : kOnceOff}, __ATOMIC_RELEASE);
  return ready;
}

}  // namespace

static Attachment state_of(const Process& p) {
  Attachment state;
  __atomic_load(&p.state, &state, __ATOMIC_ACQUIRE);
  return state;
}

// True for the thread that attached it.
[[gnu::noinline]] static bool attach_image(Process& p) {
  if (in_borrowed_memory()) return false;  // its parent's first span comes later
  Locked locked(p);
  if (p.state != Attachment::kNotAttached) return false;
  p.known_sites = reinterpret_cast<uint8_t*>(&p) + kProcessBytes;
  p.writers_next = p.known_sites + kKnownSitesBytes + kScratchBytes;
  p.writers_end = reinterpret_cast<uint8_t*>(&p) + g_wiper_bytes;
  const bool attached = open_ring(p);
  madvise(p.known_sites + kKnownSitesBytes, kScratchBytes, MADV_DONTNEED);
  if (!attached) turn_off();
  Attachment state = attached ? Attachment::kAttached : Attachment::kOff;
  __atomic_store(&p.state, &state, __ATOMIC_RELEASE);
  if (attached) {
    watch_fatal_signals(p);
    start_drain(p);
    if (!p.exports && configured_mode() == Mode::kStandby) start_control(p);
  }
  return attached;
}

// Whoever starts sweeps; of the children of one that did a moment ago a few, and not below a wrapper,
// which does it when it has read what they left.
[[gnu::noinline]] static void sweep(const Process& p) {
  static uint64_t swept_ns;
  constexpr uint64_t kOften = 60'000'000'000;
  constexpr int kFew = 16;
  const uint64_t now = ring::monotonic_ticks();
  if (secure_execution() || configured_drain() == Drain::kOutside || !p.in_file) return;
  if (swept_ns && now - swept_ns < kOften && getpid() % kFew) return;
  swept_ns = now;
  ring::KeepRules rules;
  rules.per_program = uint32_t(environment_number("AUTOSPAN_KEEP", rules.per_program, 0, 1'000'000'000));
  ring::sweep_rings(environment("AUTOSPAN_RING_DIR"), environment("TMPDIR"), rules, header(p).process);
}

Process* attach_process() {
  if (__atomic_load_n(&g_once, __ATOMIC_ACQUIRE) != kOnceReady && !prepare_image()) return nullptr;
  // Whoever has the loader's lock may be waiting for one of ours: nothing is held here.
  static bool stays;
  if (!__atomic_exchange_n(&stays, true, __ATOMIC_RELAXED)) stay_loaded();
  Process& p = *g_process;
  if (state_of(p) == Attachment::kNotAttached && attach_image(p)) sweep(p);
  if (state_of(p) != Attachment::kAttached) return nullptr;
  Locked locked(p);
  give_signal_stack(p);
  return &p;
}

void warn_once(bool& said, const char* text, const char* detail) {
  if (__atomic_exchange_n(&said, true, __ATOMIC_RELAXED) || secure_execution()) return;
  say(text, detail);
}

// After every other destructor of the program: what they recorded is still delivered.
__attribute__((destructor)) static void leave() {
  if (!g_process || g_process->state != Attachment::kAttached) return;
  Process& p = *g_process;
  if (uint32_t(getpid()) != header(p).process.pid) return;  // a child in our memory ends, not we
  take_anchor(p);
  const bool delivered = stop_drain();
  ring::FileHeader& h = header(p);
  h.exit_status = g_exit_status;
  __atomic_store_n(&h.state, uint32_t{ring::kProcessExited}, __ATOMIC_RELEASE);
  const bool outside = configured_drain() == Drain::kOutside;
  if (p.in_file && g_exit_status == 0 && delivered && !outside) unlink(p.path);
}

}  // namespace autospan::record
