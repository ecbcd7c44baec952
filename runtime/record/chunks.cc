// Chunks: claimed from fresh storage, from threads that are gone, and given back. Under the lock.
#include "record/process.h"
#include "ring/ring_file.h"

namespace autospan::record {

using ring::kNone;

bool back_chunks(Process& p, uint32_t count) {
  ring::FileHeader& h = header(p);
  if (count <= h.chunks_ready) return true;
  if (count > p.chunks_max) return false;
  const ring::Mapping mapping{p.base, p.map_bytes, p.in_file, p.device, p.inode};
  // A whole extent, halved down to what the file system has left.
  for (uint32_t extent = ring::kExtentChunks; extent > 0; extent /= 2) {
    uint32_t upto = h.chunks_ready + extent;
    if (upto > p.chunks_max) upto = p.chunks_max;
    if (upto < count) continue;
    if (ring::back_range(mapping, p.path, ring::chunk_offset(h.chunks_ready),
                         uint64_t{upto - h.chunks_ready} * ring::kChunkBytes)) {
      __atomic_store_n(&h.chunks_ready, upto, __ATOMIC_RELEASE);
      return true;
    }
  }
  return false;
}

static uint32_t unused_chunk(Process& p) {
  if (p.free_chunk != kNone) {
    const uint32_t index = p.free_chunk;
    p.free_chunk = chunk_at(p, index).next;
    return index;
  }
  ring::FileHeader& h = header(p);
  if (!back_chunks(p, h.chunks_used + 1)) return kNone;
  const uint32_t index = h.chunks_used;
  __atomic_store_n(&h.chunks_used, index + 1, __ATOMIC_RELEASE);
  return index;
}

// Threads whose records were all read give way first; the others stay as long as there is room.
static bool oldest_dead_is_read(Process& p) {
  if (p.dead_first == kNone) return false;
  const ring::ThreadHeader& t = thread_at(p, p.dead_first);
  return __atomic_load_n(&t.read, __ATOMIC_ACQUIRE) >= t.records;
}

uint32_t claim_chunk(Process& p, ring::ChunkKind kind, uint32_t owner, uint64_t owner_uid) {
  if (p.free_chunk == kNone && oldest_dead_is_read(p)) reuse_dead_thread(p);
  uint32_t index = unused_chunk(p);
  if (index == kNone && reuse_dead_thread(p)) index = unused_chunk(p);
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
  put(c.kind, uint32_t{kind});
  __atomic_store_n(&c.epoch, epoch, __ATOMIC_RELEASE);
  return index;
}

void release_chunk(Process& p, uint32_t index) {
  ring::ChunkHeader& c = chunk_at(p, index);
  put(c.kind, uint32_t{ring::kChunkFree});
  put(c.epoch, next_epoch(c.epoch));
  put(c.next, p.free_chunk);
  p.free_chunk = index;
}

static void release_ring(Process& p, uint32_t first, uint32_t keep) {
  if (first == kNone) return;
  uint32_t index = first;
  // Bounded: the list lies in a shared file, where anybody of our uid may have written.
  for (uint32_t i = 0; i < p.chunks_max; ++i) {
    const uint32_t next = chunk_at(p, index).next;
    if (index != keep) release_chunk(p, index);
    if (next == first || next == kNone || next >= p.chunks_max) return;
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
