// Attaching a process to a ring, keeping it through fork, and leaving it at exit.
#include "record/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "model/traceparent.h"
#include "ring/clock.h"
#include "record/budget.h"
#include "record/clock.h"
#include "record/control.h"
#include "record/drain.h"
#include "record/environment.h"
#include "record/fatal_signal.h"
#include "record/identity.h"
#include "record/modules.h"
#include "ring/directory.h"
#include "ring/ids.h"
#include "ring/process_identity.h"
#include "ring/ring_file.h"

namespace autospan::record {

Process* g_process;
Inherited g_inherited;
__thread bool SlowPath::t_slow;

namespace {

constexpr size_t kWiperBytes = 32u << 20;   // 65,000 writers, touched as they are used
constexpr size_t kProcessBytes = 4096;
static_assert(sizeof(Process) <= kProcessBytes);

int g_once;            // 0 = never attached, 1 = being prepared, 2 = ready, 3 = off for good
int g_exit_status = -1;
uint64_t g_wiper_bytes;

void say(const char* text, const char* detail) {
  char line[800];
  const int n = snprintf(line, sizeof line, "autospan: %s%s%s\n", text, detail ? ": " : "",
                         detail ? detail : "");
  const size_t length = size_t(n) < sizeof line ? size_t(n) : sizeof line - 1;
  if (n > 0 && write(STDERR_FILENO, line, length) < 0) return;
}

// What each candidate directory said, for the one warning where none of them would do.
struct Choice {
  Process* process;
  uint64_t wanted;
  const char* why = nullptr;
  char refused[ring::kPathMax] = {};
  bool explicit_directory = false;
  ring::Mapping mapping = {};
};

uint64_t initial_bytes() {
  // Header, control page and the first extent; the switch bytes are backed as sites appear.
  return ring::kSwitchesOffset;
}

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
  char program[64];
  program_name(program, sizeof program);
  uint64_t unique = 0;
  if (getrandom(&unique, sizeof unique, GRND_NONBLOCK) != sizeof unique)
    unique = ring::monotonic_ticks() ^ reinterpret_cast<uintptr_t>(&unique);
  snprintf(c.process->path, sizeof c.process->path, "%s/%.40s-%d-%016llx.ring", path, program,
           getpid(), static_cast<unsigned long long>(unique));
  const uint64_t whole = ring::chunk_offset(uint32_t((bytes - ring::kChunksOffset) / ring::kChunkBytes));
  c.mapping = ring::create_file(c.process->path, whole, initial_bytes(), &c.why);
  if (c.mapping.base) return true;
  snprintf(c.refused, sizeof c.refused, "%s", path);
  c.process->path[0] = 0;
  return false;
}

// Under a limit on address space the host needs it more than we do: threads' stacks come out of it.
uint64_t modest(uint64_t bytes) {
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return bytes;
  const uint64_t share = (limit.rlim_cur / 32) & ~uint64_t{4095};
  return share < bytes ? share : bytes;
}

bool map_ring(Process& p) {
  uint64_t total =
      modest(environment_number("AUTOSPAN_RING_TOTAL_MB", 64, 1, 1024) << 20);
  if (total < 16 * ring::kChunkBytes) total = 16 * ring::kChunkBytes;
  Choice c{&p, ring::kChunksOffset + total};
  if (configured_storage() == Storage::kFile && !secure_execution()) {
    c.explicit_directory = environment("AUTOSPAN_RING_DIR") != nullptr;
    ring::visit_ring_directories(environment("AUTOSPAN_RING_DIR"), environment("TMPDIR"), true, &c,
                                 try_directory);
    if (c.explicit_directory && c.refused[0]) {
      char text[720];
      snprintf(text, sizeof text, "AUTOSPAN_RING_DIR=%s cannot be used: %s; using %s", c.refused,
               c.why, c.mapping.base ? c.process->path : "private memory, lost if the process dies");
      say(text, nullptr);
    } else if (!c.mapping.base) {
      say("no directory for the ring file: spans stay in private memory and are lost if the process"
          " dies; set AUTOSPAN_RING_DIR", c.why);
    }
  }
  if (!c.mapping.base) c.mapping = ring::private_memory(c.wanted);
  for (uint64_t smaller = c.wanted / 2; !c.mapping.base && smaller > ring::chunk_offset(16); smaller /= 2)
    c.mapping = ring::private_memory(smaller);   // RLIMIT_AS
  p.base = c.mapping.base;
  p.map_bytes = c.mapping.bytes;
  p.in_file = c.mapping.in_file;
  p.device = c.mapping.device;
  p.inode = c.mapping.inode;
  return p.base != nullptr;
}

uint64_t parse_run_id(const char* text) {
  if (!text || strlen(text) != 16) return 0;
  char* end;
  const uint64_t id = strtoull(text, &end, 16);
  return *end ? 0 : id;
}

void fill_header(Process& p) {
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
  h.process = ring::current_identity();
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
  if (!map_ring(p)) return false;
  const uint64_t held = (p.map_bytes - ring::kChunksOffset) / ring::kChunkBytes;
  p.chunks_max = uint32_t(held < ring::kChunksMax ? held : ring::kChunksMax);
  p.thread_chunks_max =
      uint32_t(environment_number("AUTOSPAN_RING_KB", 1024, 16, 1u << 20) * 1024 / ring::kChunkBytes);
  p.site_chunk = p.detached_chunk = p.free_chunk = p.dead_first = p.dead_last = ring::kNone;
  if (!open_switches(p)) return false;
  p.counter_chunks[0] = p.counter_chunks[1] = ring::kNone;
  fill_header(p);
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
  g_inherited = {p.base, p.map_bytes, {}, false};
  memcpy(header(p).magic, ring::kMagic, sizeof ring::kMagic);
  describe_for_cores(p);
  return true;
}

void on_exit_status(int status, void*) { g_exit_status = status; }

__thread bool t_holds_patching __attribute__((tls_model("initial-exec")));

void before_fork() {
  if (!g_process || g_process->state != Attachment::kAttached) return;
  g_inherited.has_context = autospan_v1_current_context(&g_inherited.context) != 0;
  // The child's text is ours as it is now. Its lock is wiped, hence free.
  t_holds_patching = pthread_mutex_lock(&g_process->tending.patching) == 0;
}
void after_fork_in_parent() {
  g_inherited.has_context = false;
  if (t_holds_patching) pthread_mutex_unlock(&g_process->tending.patching);
  t_holds_patching = false;
}
void after_fork_in_child() {
  g_exit_status = -1;
  t_holds_patching = false;
}

// For good. A child of fork has sites with ids, so each has its byte.
void turn_off() {
  static const uint8_t kAllOff[ring::kSitesMax] = {};
  put(g_switches, static_cast<const uint8_t*>(kAllOff));
}

// Once in the life of a program image; a child inherits the hooks.
bool prepare_image() {
  int seen = 0;
  if (!__atomic_compare_exchange_n(&g_once, &seen, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    while (seen == 1) {
      usleep(50);
      seen = __atomic_load_n(&g_once, __ATOMIC_ACQUIRE);
    }
    return seen == 2;
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
  __atomic_store_n(&g_once, ready ? 2 : 3, __ATOMIC_RELEASE);
  return ready;
}

}  // namespace

Process* attach_process() {
  if (__atomic_load_n(&g_once, __ATOMIC_ACQUIRE) != 2 && !prepare_image()) return nullptr;
  Process& p = *g_process;
  Locked locked(p);
  if (p.state == Attachment::kNotAttached) {
    p.writers_next = reinterpret_cast<uint8_t*>(&p) + kProcessBytes;
    p.writers_end = reinterpret_cast<uint8_t*>(&p) + g_wiper_bytes;
    p.state = open_ring(p) ? Attachment::kAttached : Attachment::kOff;
    if (p.state == Attachment::kOff) turn_off();
    if (p.state == Attachment::kAttached) {
      watch_fatal_signals(p);
      start_drain(p);
      if (!p.exports && configured_mode() == Mode::kStandby) start_control(p);
    }
  }
  if (p.state == Attachment::kAttached) give_signal_stack(p);
  return p.state == Attachment::kAttached ? &p : nullptr;
}

void warn_once(bool& said, const char* text, const char* detail) {
  if (__atomic_exchange_n(&said, true, __ATOMIC_RELAXED) || secure_execution()) return;
  say(text, detail);
}

// After every other destructor of the program: what they recorded is still delivered.
__attribute__((destructor)) static void leave() {
  if (!g_process || g_process->state != Attachment::kAttached) return;
  Process& p = *g_process;
  take_anchor(p);
  const bool delivered = stop_drain();
  ring::FileHeader& h = header(p);
  h.exit_status = g_exit_status;
  __atomic_store_n(&h.state, uint32_t{ring::kProcessExited}, __ATOMIC_RELEASE);
  const bool outside = configured_drain() == Drain::kOutside;
  if (p.in_file && g_exit_status == 0 && delivered && !outside) unlink(p.path);
}

}  // namespace autospan::record
