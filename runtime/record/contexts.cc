// Contexts: what a local root knows of a trace that began elsewhere. And the reverse: the context of
// the innermost open span, for whoever propagates it.
#include "record/process.h"
#include "ring/clock.h"
#include "ring/ids.h"

namespace autospan::record {

using ring::ContextBlock;
using ring::kNone;

static ContextBlock* context_block(const Process& p, uint32_t word) {
  const uint32_t index = word & 0xffffff;
  return reinterpret_cast<ContextBlock*>(p.base + ring::chunk_offset(0)) + index;
}

// The next block of the thread's ring of contexts, which grows like its ring of records: a block is
// reused only once that many later ones were written.
static uint32_t next_context(Process& p, Writer& w) {
  if (w.context_chunk != kNone && w.context_slot + 1 < ring::kSlotsPerChunk)
    return w.context_chunk * ring::kSlotsPerChunk + ++w.context_slot;
  uint32_t chunk = kNone;
  if (w.context_chunks < p.thread_chunks_max) {
    Locked locked(p);
    chunk = claim_chunk(p, ring::kChunkContexts, w.thread_chunk, w.thread->uid);
    if (chunk != kNone) {
      ring::ChunkHeader& c = chunk_at(p, chunk);
      if (w.context_chunk == kNone) {
        c.next = w.thread->contexts = chunk;
      } else {
        c.next = chunk_at(p, w.context_chunk).next;
        chunk_at(p, w.context_chunk).next = chunk;
      }
      ++w.context_chunks;
    }
  }
  if (chunk == kNone && w.context_chunk != kNone) chunk = chunk_at(p, w.context_chunk).next;
  if (chunk == kNone) {
    put(header(p).contexts_refused, header(p).contexts_refused + 1);
    return 0;
  }
  w.context_chunk = chunk;
  w.context_slot = 1;
  return chunk * ring::kSlotsPerChunk + 1;
}

uint32_t write_context(Writer& w, const autospan_v1_context& c) {
  const uint32_t index = next_context(*g_process, w);
  if (!index || index > 0xffffff) return 0;
  ContextBlock* block = context_block(*g_process, index);
  const uint32_t generation = (block->generation & 0xff) == 0xff ? 1 : block->generation + 1;
  put(block->generation, 0u);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  put(block->trace_id[0], ring::load_big_endian(c.trace_id));
  put(block->trace_id[1], ring::load_big_endian(c.trace_id + 8));
  put(block->span_id, ring::load_big_endian(c.span_id));
  put(block->flags, c.flags);
  put(block->rate, c.rate);
  __atomic_store_n(&block->generation, generation, __ATOMIC_RELEASE);
  return generation << 24 | index;
}

bool names_context(uint32_t word, uint64_t span_id) {
  if (!word) return false;
  const ContextBlock* block = context_block(*g_process, word);
  return (block->generation & 0xff) == word >> 24 && block->span_id == span_id;
}

static void describe(const Process& p, uint32_t word, autospan_v1_context* out) {
  const ContextBlock* block = context_block(p, word);
  ring::store_big_endian(block->trace_id[0], out->trace_id);
  ring::store_big_endian(block->trace_id[1], out->trace_id + 8);
  ring::store_big_endian(block->span_id, out->span_id);
  out->flags = block->flags;
  out->rate = block->rate;
}

bool context_of_top(Writer& w, autospan_v1_context* out) {
  const Process& p = *g_process;
  settle(w);
  *out = {};
  out->flags = 1;
  if (w.next == w.root_at) {  // between spans: the attached context itself
    const uint32_t attached = ring::high_half(w.root_context);
    if (!attached) return false;
    describe(p, attached, out);
    return true;
  }
  ring::Slot& top = w.next[-1];
  // Whoever asks may send the id far away: the span will be kept, however short.
  need_extra(top);
  put(top.head, top.head | ring::kFramePinned);
  const uint64_t seq = top.duration;
  const uint64_t root_seq = seq - uint32_t(uint32_t(seq) - ring::low_half(w.root));
  ring::TraceIdWords trace = ring::trace_id(w.thread->seed, root_seq);
  if (const uint32_t context = ring::high_half(w.root)) {
    const ContextBlock* block = context_block(p, context);
    if (block->trace_id[0] | block->trace_id[1]) trace = {block->trace_id[0], block->trace_id[1]};
    out->flags = block->flags;
    out->rate = block->rate;
  }
  ring::store_big_endian(trace.high, out->trace_id);
  ring::store_big_endian(trace.low, out->trace_id + 8);
  ring::store_big_endian(ring::span_id(w.thread->seed, seq), out->span_id);
  return true;
}

// The scope with that id, if this thread has it open.
static bool has_scope(Writer& w, uint64_t id) {
  uint32_t chunk = w.stack_chunk;
  for (const ring::Slot* f = w.next - 1;;) {
    ring::Slot* slots = slot_at(w, chunk * ring::kSlotsPerChunk);
    const ring::Slot* bottom =
        slots + (chunk == w.thread_chunk ? ring::kThreadSlots : ring::kSegmentSlots);
    for (; f >= bottom; --f)
      if (ring::head_kind(f->head) == ring::kSlotScope && f->start == id) return true;
    if (chunk == w.thread_chunk) return false;
    f = slot_at(w, uint32_t(bottom[-1].payload[0])) - 1;
    chunk = slot_number(w, f) / ring::kSlotsPerChunk;
  }
}

// What a longjmp or a fiber left open above it ends with it.
bool end_scope(Writer& w, uint64_t id) {
  if (!has_scope(w, id)) return false;
  const uint64_t end = ring::read_clock(w.clock);
  for (;;) {
    settle(w);
    ring::Slot& f = w.next[-1];
    if (ring::head_kind(f.head) != ring::kSlotScope) {
      close_frame(w, f, ring::kHeadAbandoned, end);
      continue;
    }
    const bool found = f.start == id;
    pop_scope(w);
    if (found) return true;
  }
}

}  // namespace autospan::record

using namespace autospan::record;

extern "C" __attribute__((visibility("default"))) int autospan_v1_current_context(
    autospan_v1_context* out) noexcept {
  Writer* w = t_writer;
  if (!w->next) return 0;
  SlowPath slow;
  return slow.entered() && context_of_top(*w, out);
}

// opaque: {the scope's id, 0, the thread}
extern "C" __attribute__((visibility("default"))) void autospan_v1_scope_begin(
    autospan_v1_scope* scope, const autospan_v1_context* context) noexcept {
  *scope = {};
  SlowPath slow;
  if (!slow.entered() || slow.was_busy()) return;
  Writer* w = t_writer;
  if (!w->next && !(w = attach_thread())) return;
  settle(*w);
  const uint32_t word = write_context(*w, *context);
  if (!word || !push_scope(*w, uint64_t{word} << 32)) return;
  scope->opaque[0] = w->scopes;
  scope->opaque[2] = reinterpret_cast<uintptr_t>(w->thread);
}

extern "C" __attribute__((visibility("default"))) void autospan_v1_scope_end(
    autospan_v1_scope* scope) noexcept {
  Writer* w = t_writer;
  // Another thread, or a child of fork: not ours to restore.
  if (!scope->opaque[0] || !w->next || scope->opaque[2] != reinterpret_cast<uintptr_t>(w->thread))
    return;
  SlowPath slow;
  if (!slow.entered() || slow.was_busy()) return;
  end_scope(*w, scope->opaque[0]);
  *scope = {};
}
