// Chunks: claimed from fresh storage, from threads that are gone, and given back. Under the lock.
#include "record/process.h"
#include "ring/clock.h"
#include "ring/ring_file.h"

namespace autospan::record {

using ring::kNone;

constexpr uint64_t kRetryNs = 1'000'000'000;
constexpr uint32_t kFirstExtent = 8;

// Storage in the file for chunks up to `count`; false = the file system is full, or the cap reached.
// A full one is asked again after a while, or by who cannot do without.
static bool back_chunks(Process& p, uint32_t count, bool must) {
  ring::FileHeader& h = header(p);
  if (count <= h.chunks_ready) return true;
  if (count > p.chunks_max || p.private_from != kNone) return false;
  if (!must && p.refused_ns && ring::monotonic_ticks() - p.refused_ns < kRetryNs) return false;
  // Extents grow with the ring, so that a process that records little takes little; halved down to what
  // the file system has left.
  uint32_t extent = kFirstExtent;
  while (extent < ring::kExtentChunks && extent < h.chunks_ready) extent *= 2;
  for (; extent > 0; extent /= 2) {
    uint32_t upto = h.chunks_ready + extent;
    if (upto > p.chunks_max) upto = p.chunks_max;
    if (upto < count) continue;
    if (ring::back_range(mapping_of(p), p.path, ring::chunk_offset(h.chunks_ready),
                         uint64_t{upto - h.chunks_ready} * ring::kChunkBytes)) {
      __atomic_store_n(&h.chunks_ready, upto, __ATOMIC_RELEASE);
      return true;
    }
  }
  p.refused_ns = ring::monotonic_ticks();
  return false;
}

// Beyond the cap, or where the file system gives no more: private memory, in the same numbering. Once
// begun it stays so. A reader of the file stops at chunks_ready.
static bool back_private(Process& p, uint32_t count) {
  if (count > p.chunks_limit) return false;
  if (p.private_from == kNone) {
    const uint32_t from = header(p).chunks_ready;
    if (!ring::make_private(mapping_of(p), ring::chunk_offset(from),
                            uint64_t{p.chunks_limit - from} * ring::kChunkBytes))
      return false;
    p.private_from = p.private_ready = g_inherited.private_from = g_inherited.private_ready = from;
  }
  if (count <= p.private_ready) return true;
  const uint32_t left = p.chunks_limit - p.private_ready;
  const uint32_t extent = left < ring::kExtentChunks ? left : ring::kExtentChunks;
  if (!ring::open_private(mapping_of(p), ring::chunk_offset(p.private_ready),
                          uint64_t{extent} * ring::kChunkBytes))
    return false;
  g_inherited.private_ready = p.private_ready += extent;
  return true;
}

static uint32_t pop_free(Process& p, uint32_t& list) {
  const uint32_t index = list;
  list = chunk_at(p, index).next;
  return index;
}

static uint32_t next_unused(Process& p) {
  ring::FileHeader& h = header(p);
  const uint32_t index = h.chunks_used;
  __atomic_store_n(&h.chunks_used, index + 1, __ATOMIC_RELEASE);
  return index;
}

static uint32_t file_chunk(Process& p, bool must) {
  if (p.free_chunk != kNone) {
    --p.free_count;
    return pop_free(p, p.free_chunk);
  }
  return back_chunks(p, header(p).chunks_used + 1, must) ? next_unused(p) : kNone;
}

static uint32_t private_chunk(Process& p) {
  if (p.free_private != kNone) return pop_free(p, p.free_private);
  return back_private(p, header(p).chunks_used + 1) ? next_unused(p) : kNone;
}

// A quarter is kept for threads that come later, and for the places in code that they come to: rings
// of the first ones do not grow into it.
static bool may_grow(const Process& p) {
  const uint32_t used = header(p).chunks_used;
  const uint32_t left = p.free_count + (used < p.chunks_max ? p.chunks_max - used : 0);
  return left > p.chunks_max / 4;
}

// Threads whose records were all read give way first; the others stay as long as there is room.
static bool oldest_dead_is_read(Process& p) {
  if (p.dead_first == kNone) return false;
  const ring::ThreadHeader& t = thread_at(p, p.dead_first);
  return __atomic_load_n(&t.read, __ATOMIC_ACQUIRE) >= t.records;
}

// What the chunk held before must not be taken for what is to come.
static void clear_chunk(ring::Slot* slots) {
  auto* words = reinterpret_cast<uint64_t*>(slots + 1);
  for (uint32_t i = 0; i < (ring::kSlotsPerChunk - 1) * ring::kSlotBytes / 8; ++i)
    put(words[i], uint64_t{0});
}

uint32_t claim_chunk(Process& p, ring::ChunkKind kind, uint32_t owner, uint64_t owner_uid) {
  if (p.free_chunk == kNone && oldest_dead_is_read(p)) reuse_dead_thread(p);
  const bool grows = kind == ring::kChunkRecords;
  uint32_t index = kNone;
  if (!grows || may_grow(p)) index = file_chunk(p, !grows);
  while (index == kNone && reuse_dead_thread(p))
    if (!grows || p.free_chunk != kNone) index = file_chunk(p, !grows);
  if (index == kNone && !grows) index = private_chunk(p);
  if (index == kNone) return kNone;
  ring::ChunkHeader& c = chunk_at(p, index);
  const uint64_t epoch = next_epoch(c.epoch);
  begin_epoch(c);
  put(c.owner, owner);
  put(c.order, uint64_t{0});
  put(c.first_record, uint64_t{0});
  put(c.seq_base, uint64_t{0});
  put(c.owner_uid, owner_uid);
  put(c.next, kNone);
  put(c.used, 0u);
  if (epoch > 1) clear_chunk(chunk_slots(p, index));
  put(c.kind, uint32_t{kind});
  __atomic_store_n(&c.epoch, epoch, __ATOMIC_RELEASE);
  return index;
}

void release_chunk(Process& p, uint32_t index) {
  ring::ChunkHeader& c = chunk_at(p, index);
  put(c.kind, uint32_t{ring::kChunkFree});
  put(c.epoch, next_epoch(c.epoch));
  const bool in_file = index < p.private_from;
  uint32_t& list = in_file ? p.free_chunk : p.free_private;
  put(c.next, list);
  list = index;
  p.free_count += in_file;
}

static void release_ring(Process& p, uint32_t first, uint32_t keep) {
  if (first == kNone) return;
  uint32_t index = first;
  // Bounded: the list lies in a shared file, where anybody of our uid may have written.
  for (uint32_t i = 0; i < p.chunks_limit; ++i) {
    const uint32_t next = chunk_at(p, index).next;
    if (index != keep) release_chunk(p, index);
    if (next == first || next == kNone || next >= p.chunks_limit) return;
    index = next;
  }
}

bool reuse_dead_thread(Process& p) {
  if (p.dead_first == kNone) return false;
  const uint32_t index = p.dead_first;
  ring::ThreadHeader& t = thread_at(p, index);
  p.dead_first = t.next_dead;
  if (p.dead_first == kNone) p.dead_last = kNone;
  const uint64_t read = __atomic_load_n(&t.read, __ATOMIC_ACQUIRE);
  if (read < t.records) put(header(p).lost_records, header(p).lost_records + t.records - read);
  release_ring(p, t.contexts, kNone);
  release_ring(p, index, kNone);
  return true;
}

}  // namespace autospan::record
