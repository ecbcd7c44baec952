#include "ring/ring_reader.h"

#include <algorithm>
#include <cstring>

namespace autospan::ring {
namespace {

constexpr std::uint64_t kRecordsMax = std::uint64_t{1} << 40;  // of a thread: its numbers end there

// Word by word, since the writer may be at it: what was torn is thrown away by the epoch check.
void copy_slots(const Slot* from, Slot* to, std::uint32_t count) {
  constexpr std::uint32_t kWords = kSlotBytes / 8;
  const auto* words = reinterpret_cast<const std::uint64_t*>(from);
  auto* out = reinterpret_cast<std::uint64_t*>(to);
  for (std::uint32_t slot = 0; slot < count; ++slot, words += kWords, out += kWords)
    for (std::uint32_t i = 0; i < kWords; ++i) out[i] = load(words[i]);
}

// The whole number whose low half a record holds, nearest to what the chunk began with.
std::uint64_t widen(std::uint64_t base, std::uint32_t low) {
  return base + std::uint64_t(std::int64_t(std::int32_t(low - std::uint32_t(base))));
}

}  // namespace

// Which chunks belong to which thread. A header that changes while we look is seen next time.
void RingReader::survey() {
  ++surveys_;
  for (auto& [uid, refs] : chunks_) refs.clear();
  const std::uint32_t count = view_.chunk_count();
  for (std::uint32_t i = 0; i < count; ++i) {
    const ChunkHeader& c = view_.chunk(i);
    const std::uint32_t kind = load(c.kind);
    if (kind != kChunkThread && kind != kChunkRecords) continue;
    if (kind == kChunkThread) see_thread(i);
    const std::uint64_t epoch = load_acquire(c.epoch);
    const std::uint64_t uid = load(c.owner_uid), order = load(c.order);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (epoch == 0 || load(c.epoch) != epoch || uid == 0) continue;
    chunks_[uid].push_back({order, i});
  }
  for (auto it = chunks_.begin(); it != chunks_.end();) {
    std::sort(it->second.begin(), it->second.end(),
              [](const ChunkRef& a, const ChunkRef& b) { return a.order < b.order; });
    it = it->second.empty() ? chunks_.erase(it) : std::next(it);
  }
}

// Whatever becomes of the records behind it: it may have died as it overwrote these, and others stand.
void RingReader::see_thread(std::uint32_t chunk) {
  const ThreadHeader& t = view_.thread(chunk);
  const std::uint64_t uid = load(view_.chunk(chunk).owner_uid);
  if (uid == 0 || load_acquire(t.state) == 0 || load(t.uid) != uid) return;
  const auto [it, fresh] = cursors_.try_emplace(uid);
  if (fresh) it->second.info = thread_info(view_, chunk, uid);
  it->second.seen = surveys_;
}

// Batch after batch of what one survey told, then a new one: only that can say that nothing is left.
bool RingReader::read(RecordSink& sink, std::size_t records_max) {
  std::size_t budget = records_max;
  if (behind_) read_threads(sink, budget);
  if (budget > 0) {
    survey();
    read_threads(sink, budget);
    forget_gone();
  }
  return behind_ = budget == 0;
}

void RingReader::read_threads(RecordSink& sink, std::size_t& budget) {
  for (auto& [uid, cursor] : cursors_) {
    if (budget == 0) break;
    read_thread(uid, cursor, sink, budget);
  }
}

// Threads whose chunks went to others: nothing more will come. One whose only chunk is being turned
// has its header still.
void RingReader::forget_gone() {
  for (auto it = cursors_.begin(); it != cursors_.end();)
    it = chunks_.count(it->first) || it->second.seen == surveys_ ? std::next(it) : cursors_.erase(it);
}

void RingReader::read_thread(std::uint64_t uid, Cursor& cursor, RecordSink& sink,
                             std::size_t& budget) {
  const auto it = chunks_.find(uid);
  if (it == chunks_.end()) return;
  const std::vector<ChunkRef>& refs = it->second;
  for (std::size_t i = 0; i < refs.size() && budget > 0; ++i) {
    if (refs[i].order < cursor.order) continue;
    if (refs[i].order > cursor.order) {  // lapped: the chunk we stood in is gone
      cursor.order = refs[i].order;
      cursor.slot = 0;
    }
    const bool last = i + 1 == refs.size();
    if (!read_chunk(cursor, refs[i], last, sink, budget)) return;
    cursor.order = refs[i].order + 1;
    cursor.slot = 0;
  }
}

// True where the chunk was read to its end and the writer has gone on to the next one.
bool RingReader::read_chunk(Cursor& cursor, const ChunkRef& ref, bool last, RecordSink& sink,
                            std::size_t& budget) {
  const ChunkHeader& c = view_.chunk(ref.index);
  const std::uint64_t epoch = load_acquire(c.epoch);
  if (epoch == 0 || load(c.owner_uid) != cursor.info.uid || load(c.order) != ref.order) return false;
  const std::uint32_t first = load(c.kind) == kChunkThread ? kFirstRecordSlot : 1;
  const std::uint64_t seq_base = load(c.seq_base), before = load(c.first_record);
  if (cursor.slot < first) cursor.slot = first;

  // Copied as a whole before any of it is believed.
  Slot copy[kSlotsPerChunk];
  const std::uint32_t from = cursor.slot;
  std::uint32_t at = from;
  std::size_t found = 0;
  const std::uint32_t committed = std::uint32_t(epoch & 0xffff);
  while (at < kSlotsPerChunk && found < budget) {
    // Pairs with the release stores of the recorder.
    const std::uint64_t head = load_acquire(view_.slots(ref.index)[at].head);
    if (head_epoch(head) != committed) break;
    const std::uint32_t n = head_slots(head);
    if (at + n > kSlotsPerChunk) {
      ++counts_.damaged;
      break;
    }
    copy_slots(view_.slots(ref.index) + at, copy + at, n);
    at += n;
    ++found;
  }
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if (load(c.epoch) != epoch) return false;  // recycled under us: lost, as the next chunk will tell

  if (from == first && before != cursor.records) {
    if (before > cursor.records)
      counts_.lost += before - cursor.records;
    else
      ++counts_.damaged;
    cursor.records = before;
  }
  for (std::uint32_t s = from; s < at; s += head_slots(copy[s].head)) {
    const std::uint32_t kind = head_kind(copy[s].head);
    ++cursor.records;
    if (kind < kSlotSpan || kind > kSlotDetached) {
      ++counts_.unknown;
      continue;
    }
    ++counts_.records;
    sink.take({&cursor.info, copy + s, head_slots(copy[s].head),
               widen(seq_base, low_half(copy[s].lineage))});
  }
  cursor.slot = at;
  budget -= found;
  // The survey saw a later chunk, so this one was finished before we read it.
  return !last && budget > 0;
}

void RingReader::finish() {
  for (std::uint32_t c = 0; c < view_.chunk_count(); ++c) {
    if (load(view_.chunk(c).kind) != kChunkThread) continue;
    const ThreadHeader& t = view_.thread(c);
    const std::uint64_t uid = load(t.uid), written = load(t.records);
    if (uid == 0 || load_acquire(t.state) == 0) continue;
    const auto it = cursors_.find(uid);
    const std::uint64_t told = it == cursors_.end() ? 0 : it->second.records;
    if (written > told && written < kRecordsMax) counts_.lost += written - told;
  }
}

std::vector<RingReader::Position> RingReader::positions() const {
  std::vector<Position> out;
  for (const auto& [uid, cursor] : cursors_)
    out.push_back({cursor.info.chunk, uid, cursor.records});
  return out;
}

}  // namespace autospan::ring
