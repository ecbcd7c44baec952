// A thread's arrival and departure, and its ring of record chunks.
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/budget.h"
#include "record/clock.h"
#include "record/control.h"
#include "record/exception.h"
#include "record/modules.h"
#include "record/process.h"
#include "record/stacktrace.h"
#include "ring/clock.h"

namespace autospan::record {

using ring::kNone;

static const unsigned kNoExceptions = 0;
static Writer g_idle_writer = {};
static const uint8_t kUnregistered[1] = {kSwitchSpecial};
const uint8_t* g_switches = kUnregistered;

__thread Writer* t_writer __attribute__((tls_model("initial-exec"))) = &g_idle_writer;

// A thread's end is told by its key's destructor, which comes again for who records after it, a few
// times (PTHREAD_DESTRUCTOR_ITERATIONS) and no more: then nobody would take the thread's chunks back.
static constexpr uint8_t kDeparturesMax = 3;
static __thread uint8_t t_departures __attribute__((tls_model("initial-exec")));
static __thread bool t_refused __attribute__((tls_model("initial-exec")));

static pthread_key_t g_thread_key;
static pthread_once_t g_thread_key_once = PTHREAD_ONCE_INIT;

static void detach_thread(void*);
static void make_thread_key() { pthread_key_create(&g_thread_key, detach_thread); }

// The C++ runtime's per-thread count of exceptions in flight (Itanium C++ ABI §2.2.2:
// __cxa_eh_globals{void* caughtExceptions; unsigned uncaughtExceptions}). A program without a C++
// runtime has none.
static const unsigned* uncaught_exceptions() {
  using Globals = void* (*)();
  static Globals globals = reinterpret_cast<Globals>(dlsym(RTLD_DEFAULT, "__cxa_get_globals"));
  if (!globals) return &kNoExceptions;
  return reinterpret_cast<const unsigned*>(static_cast<const uint8_t*>(globals()) + sizeof(void*));
}

static Writer* new_writer(Process& p) {
  if (Writer* w = p.free_writer) {
    p.free_writer = w->free_next;
    memset(w, 0, sizeof *w);
    return w;
  }
  constexpr size_t kStride = 512;
  if (p.writers_next + kStride > p.writers_end) return nullptr;
  Writer* w = reinterpret_cast<Writer*>(p.writers_next);
  p.writers_next += kStride;
  return w;
}

// The chunk is zero: fresh, or cleared when it was claimed.
static void fill_thread(Process& p, ring::ThreadHeader& t, uint64_t uid) {
  uint64_t seed[2] = {}, name[2] = {};
  static_assert(sizeof seed == sizeof t.seed && sizeof name == sizeof t.name);
  if (getrandom(seed, sizeof seed, GRND_NONBLOCK) != ssize_t(sizeof seed)) {
    seed[0] ^= ring::read_clock(p.clock) * 0x9e3779b97f4a7c15;  // early boot: no entropy yet
    seed[1] ^= uint64_t(uint32_t(getpid())) << 32 | uid;
  }
  prctl(PR_GET_NAME, name);
  for (int i = 0; i < 2; ++i) {
    put(t.seed[i], seed[i]);
    put(reinterpret_cast<uint64_t*>(t.name)[i], name[i]);
    put(t.counters[i], kNone);
  }
  put(t.tid, uint32_t(syscall(SYS_gettid)));
  put(t.attach_ticks, uint64_t{ring::read_clock(p.clock)});
  put(t.next_dead, kNone);
  put(t.contexts, kNone);
  put(t.uid, uid);
  __atomic_store_n(&t.state, uint32_t{ring::kThreadLive}, __ATOMIC_RELEASE);
}

static constexpr int kSeqBits = 40;  // a thread's numbers: 10^12 spans

static void point_at(Process& p, Writer& w, uint32_t chunk) {
  ring::Slot* slots = chunk_slots(p, chunk);
  w.slots = chunk_slots(p, 0);
  w.clock = p.clock;
  w.uncaught = uncaught_exceptions();
  w.thread = &thread_at(p, chunk);
  w.thread_chunk = w.stack_chunk = w.chunk_index = chunk;
  w.chunk = &chunk_at(p, chunk);
  w.epoch = w.chunk->epoch << ring::kHeadEpochShift;
  w.record_chunks = 1;
  w.stack_spare = w.context_chunk = kNone;
  w.record = slots + ring::kFirstRecordSlot;
  w.record_end = slots + ring::kSlotsPerChunk;
  w.frames_end = slots + ring::kThreadSpillSlot;
  w.spill = w.frames_end;
  w.spill_end = slots + ring::kFirstRecordSlot;
  put(slots[ring::kSentinelSlot].duration, kNoGuard);
  for (ring::Slot* f = slots + ring::kThreadSlots; f < w.frames_end; ++f) {
    put(f->duration, uint64_t{0});
    put(f->head, uint64_t{0});
  }
  // Numbers of different threads never meet, so that a guard says whose it is.
  w.seq = w.thread->uid << kSeqBits;
  put(w.thread->last_seq, w.seq);
  put(w.chunk->seq_base, w.seq);
  w.root_at = slots + ring::kThreadSlots;
  w.root_context = uint64_t{p.process_context} << 32;
  w.min_ticks = p.min_ticks;
  w.tally.since = w.thread->attach_ticks;
  w.shut = kShutSlow;  // until the SlowPath that attaches ends
  if (p.clock != ring::ClockMode::kTsc || !exceptions_overheard()) w.shut |= kShutForGood;
  w.next = w.root_at;  // last: attached
}

static void free_writer(Process& p, Writer* w) {
  w->free_next = p.free_writer;
  p.free_writer = w;
}

// There is no room: not asked for again at every span.
static Writer* refuse_thread(Process& p) {
  p.retry_ns = ring::monotonic_ticks() + 100'000'000;
  if (!t_refused) put(header(p).threads_refused, header(p).threads_refused + 1);
  t_refused = true;
  return nullptr;
}

static Writer* claim_writer(Process& p) {
  Locked locked(p);
  Writer* w = new_writer(p);
  if (!w) return refuse_thread(p);
  const uint64_t uid = header(p).next_uid;
  const uint32_t chunk = claim_chunk(p, ring::kChunkThread, kNone, uid);
  if (chunk == kNone) {
    free_writer(p, w);
    return refuse_thread(p);
  }
  ++header(p).next_uid;
  if (chunk >= p.private_from) put(header(p).threads_private, header(p).threads_private + 1);
  ring::ChunkHeader& c = chunk_at(p, chunk);
  put(c.owner, chunk);
  put(c.next, chunk);  // a ring of one
  fill_thread(p, thread_at(p, chunk), uid);
  point_at(p, *w, chunk);
  return w;
}

// Its lock is not taken below ours: whoever holds it may run a constructor that records, and wait for us.
static void ask_loader() {
  uncaught_exceptions();
  exceptions_overheard();
  prepare_modules();
  prepare_stacks();
}

Writer* attach_thread() {
  static bool warned;
  if (t_departures >= kDeparturesMax) return nullptr;
  if (t_refused && g_process && ring::monotonic_ticks() < get(g_process->retry_ns)) return nullptr;
  ask_loader();
  Process* process = attach_process();
  if (!process) return nullptr;
  Process& p = *process;
  pthread_once(&g_thread_key_once, make_thread_key);
  Writer* w = claim_writer(p);
  if (!w) return nullptr;
  if (w->thread_chunk >= p.private_from && p.in_file)
    warn_once(warned, "the ring is full: some threads record into private memory, which is lost if the"
                      " process dies; see AUTOSPAN_RING_TOTAL_MB", nullptr);
  pthread_setspecific(g_thread_key, w);
  t_writer = w;
  return w;
}

static ring::Slot* first_record(const Writer& w) {
  ring::Slot* slots = reinterpret_cast<ring::Slot*>(w.chunk);
  return slots + (w.chunk->kind == ring::kChunkThread ? ring::kFirstRecordSlot : 1);
}
static uint64_t records_written(const Writer& w) {
  return w.chunk->first_record + uint64_t(w.record - first_record(w)) - w.continued;
}

// A fresh chunk behind the current one while the thread may grow, else its own oldest.
static uint32_t next_chunk(Process& p, Writer& w) {
  if (w.record_chunks < p.thread_chunks_max) {
    Locked locked(p);
    // Nobody's until it is turned to: a reader would take it for the thread's first one.
    const uint32_t fresh = claim_chunk(p, ring::kChunkRecords, w.thread_chunk, 0);
    if (fresh != kNone) {
      chunk_at(p, fresh).next = w.chunk->next;
      w.chunk->next = fresh;
      ++w.record_chunks;
      take_anchor(p);
      return fresh;
    }
  }
  return w.chunk->next;
}

// The gates are shut: a signal handler's spans are refused meanwhile.
bool turn_chunk(Writer& w) {
  Process& p = *g_process;
  judge_chunk(w);
  end_rules_if_due(p);
  const uint64_t written = records_written(w);
  const uint64_t order = w.chunk->order + 1;
  put(w.thread->last_seq, w.seq);
  put(w.thread->records, written);
  const uint32_t index = next_chunk(p, w);
  ring::ChunkHeader& c = chunk_at(p, index);
  const uint64_t epoch = next_epoch(c.epoch);
  begin_epoch(c);
  put(c.owner_uid, w.thread->uid);
  put(c.order, order);
  put(c.first_record, written);
  put(c.seq_base, w.seq);
  w.chunk = &c;
  w.chunk_index = index;
  put(first_record(w)->head, uint64_t{0});  // see commit_record()
  __atomic_store_n(&c.epoch, epoch, __ATOMIC_RELEASE);
  w.continued = 0;
  w.epoch = epoch << ring::kHeadEpochShift;
  w.record = first_record(w);
  w.record_end = chunk_slots(p, index) + ring::kSlotsPerChunk;
  return true;
}

// The thread ends: what it left open is closed, its chunks stay until they are needed.
static void detach_thread(void* value) {
  Writer* w = static_cast<Writer*>(value);
  if (!g_process || g_process->state != Attachment::kAttached || w != t_writer || !w->next) return;
  SlowPath slow;
  Process& p = *g_process;
  settle(*w);
  while (w->next != chunk_slots(p, w->thread_chunk) + ring::kThreadSlots) {
    if (ring::head_kind(w->next[-1].head) == ring::kSlotScope)
      pop_scope(*w);
    else
      close_frame(*w, w->next[-1], ring::kHeadAbandoned, ring::read_clock(w->clock));
  }
  t_writer = &g_idle_writer;
  ++t_departures;
  Locked locked(p);
  ring::ThreadHeader& t = *w->thread;
  keep_counters(p, *w);
  put(t.last_seq, w->seq);
  put(t.records, records_written(*w));
  put(t.exit_ticks, ring::read_clock(p.clock));
  if (w->stack_spare != kNone) release_chunk(p, w->stack_spare);
  if (p.dead_last == kNone)
    p.dead_first = w->thread_chunk;
  else
    thread_at(p, p.dead_last).next_dead = w->thread_chunk;
  p.dead_last = w->thread_chunk;
  __atomic_store_n(&t.state, uint32_t{ring::kThreadExited}, __ATOMIC_RELEASE);
  w->next = w->enter_limit = w->record_limit = nullptr;
  free_writer(p, w);
}

}  // namespace autospan::record
