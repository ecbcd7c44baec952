#include "drain/ring_drain.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "drain/resource.h"

namespace autospan::drain {

// What is assembled is encoded while it is in the cache.
static constexpr std::size_t kRecordsPerBatch = 512;

// New sites and anchors, another name of the service: a batch costs less than to look for them.
static constexpr std::size_t kBatchesPerLook = 16;

void RingDrain::look() {
  assembler_.look();
  Resource now = read_resource(*view_);
  if (!resource_ || now.service_name != resource_->service_name)
    resource_ = std::make_shared<const Resource>(std::move(now));
}

SpanBatch& RingDrain::begin() {
  batch_.clear();
  assembler_.begin(batch_);
  batch_.resource = resource_;
  return batch_;
}

// A record lies within one chunk.
std::size_t records_that_fit(const Room& room) {
  return std::min({kRecordsPerBatch, room.events, room.bytes / std::size_t{ring::kChunkBytes}});
}

bool RingDrain::pass(const Deliver& deliver, const AskRoom& room) {
  assembler_.mark_ended();
  for (std::size_t batches = 0;; ++batches) {
    const std::size_t records = records_that_fit(room());
    if (records == 0) return false;
    if (batches % kBatchesPerLook == 0) look();
    SpanBatch& batch = begin();
    const bool more = reader_.read(assembler_, records);
    if (!batch.empty()) deliver(std::move(batch));
    store_cursors();
    if (more) continue;
    assembler_.drop_ended();
    return true;
  }
}

void RingDrain::store_cursors() {
  if (!view_->writable()) return;
  for (const ring::RingReader::Position& p : reader_.positions()) {
    ring::ThreadHeader& t = view_->mutable_thread(p.chunk);
    if (ring::load_acquire(t.uid) == p.uid)
      __atomic_store_n(&t.read, p.records, __ATOMIC_RELEASE);
  }
}

void RingDrain::settle() {
  if (!view_->writable()) return;
  for (const ring::RingReader::Position& p : reader_.positions()) {
    ring::ThreadHeader& t = view_->mutable_thread(p.chunk);
    if (ring::load_acquire(t.uid) == p.uid)
      __atomic_store_n(&t.done, p.records, __ATOMIC_RELEASE);
  }
}

void RingDrain::tell_counted(const Deliver& deliver, bool last) {
  if (!last && !counted_.due()) return;
  look();
  SpanBatch& batch = begin();
  counted_.tell(*view_, assembler_.sites(), last, batch);
  if (last) CountedCallsTeller::tell_lost(counts().lost, batch);
  if (!batch.empty()) deliver(std::move(batch));
}

void RingDrain::close_unfinished(const Deliver& deliver) {
  reader_.finish();
  look();
  SpanBatch& batch = begin();
  std::uint64_t damaged = 0;
  for (const OpenSpan& open :
       open_spans(*view_, assembler_, last_sign_of_life(*view_), damaged))
    batch.spans.push_back(open.span);
  if (!batch.empty()) deliver(std::move(batch));
}

namespace {

bool same(const ring::OpenFrame& a, const ring::OpenFrame& b) {
  return a.seq == b.seq && a.cells == b.cells && a.slots.size() == b.slots.size() &&
         std::memcmp(a.slots.data(), b.slots.data(), a.slots.size() * sizeof(ring::Slot)) == 0;
}

// A thread may be at work meanwhile: only frames that two readings agree on were there as a whole.
// Those above them come and go; what ended is among the records.
std::vector<ring::OpenFrame> settled_stack(const ring::RingView& view,
                                           const ring::StackSegments& segments,
                                           const ring::ThreadInfo& thread,
                                           std::uint64_t& damaged) {
  std::uint64_t damage = 0;
  std::vector<ring::OpenFrame> before = ring::read_stack(view, segments, thread, damage);
  for (int readings = 0; readings < 8; ++readings) {
    damage = 0;
    std::vector<ring::OpenFrame> after = ring::read_stack(view, segments, thread, damage);
    const std::size_t least = std::min(before.size(), after.size());
    std::size_t agreed = 0;
    while (agreed < least && same(before[agreed], after[agreed])) ++agreed;
    const bool all = agreed == before.size() && agreed == after.size();
    before = std::move(after);
    if (all) {
      damaged += damage;
      return before;
    }
    if (readings == 7) before.resize(agreed);
  }
  return before;
}

std::vector<ring::DetachedFrame> settled_detached(const ring::RingView& view) {
  const std::vector<ring::DetachedFrame> before = ring::read_detached(view);
  std::vector<ring::DetachedFrame> after = ring::read_detached(view);
  // In a dead ring nothing has, and the first comparison is enough.
  if (before.size() == after.size() &&
      std::equal(before.begin(), before.end(), after.begin(),
                 [](const auto& a, const auto& b) { return !std::memcmp(&a, &b, sizeof a); }))
    return after;
  std::unordered_map<std::uint64_t, const ring::DetachedFrame*> known;
  for (const ring::DetachedFrame& f : before) known[f.ids.span_id] = &f;
  std::erase_if(after, [&](const ring::DetachedFrame& f) {
    const auto was = known.find(f.ids.span_id);
    return was == known.end() || std::memcmp(was->second, &f, sizeof f) != 0;
  });
  return after;
}

}  // namespace

std::vector<OpenSpan> open_spans(const ring::RingView& view, Assembler& assembler,
                                 std::uint64_t now_ticks, std::uint64_t& damaged) {
  std::vector<OpenSpan> out;
  const ring::StackSegments segments(view);
  for (const ring::ThreadInfo& thread : ring::read_threads(view)) {
    std::uint32_t depth = 0;
    for (const ring::OpenFrame& f : settled_stack(view, segments, thread, damaged))
      out.push_back({assembler.open_span(thread, f, now_ticks),
                     depth++, false});
  }
  for (const ring::DetachedFrame& f : settled_detached(view))
    out.push_back({assembler.open_detached(f, now_ticks), 0, true});
  return out;
}

std::uint64_t last_sign_of_life(const ring::RingView& view) {
  std::uint64_t last = 0;
  const auto see = [&](std::uint64_t ticks) { last = std::max(last, ticks); };
  for (const ring::ClockAnchor& a : view.header().anchors) see(ring::load(a.ticks));
  see(ring::load(view.header().fatal_ticks));
  std::uint64_t damaged = 0;
  const ring::StackSegments segments(view);
  for (const ring::ThreadInfo& thread : ring::read_threads(view)) {
    for (const ring::OpenFrame& f : ring::read_stack(view, segments, thread, damaged))
      see(f.slots[0].start);
  }
  for (std::uint32_t c = 0; c < view.chunk_count(); ++c) {
    const std::uint32_t kind = ring::load(view.chunk(c).kind);
    if (kind != ring::kChunkThread && kind != ring::kChunkRecords) continue;
    const std::uint32_t epoch = std::uint32_t(ring::load(view.chunk(c).epoch) & 0xffff);
    std::uint32_t at = kind == ring::kChunkThread ? ring::kFirstRecordSlot : 1;
    while (at < ring::kSlotsPerChunk) {
      const ring::Slot& s = view.slots(c)[at];
      const std::uint64_t head = ring::load(s.head);
      if (ring::head_epoch(head) != epoch) break;
      see(ring::load(s.start) + ring::load(s.duration));
      at += ring::head_slots(head);
    }
  }
  return last;
}

}  // namespace autospan::drain
