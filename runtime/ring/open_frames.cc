#include "ring/open_frames.h"

#include <algorithm>
#include <cstring>

namespace autospan::ring {
namespace {

struct Segment {
  std::uint32_t chunk, begin, end;   // slots of frames within the chunk
  std::uint32_t spill_end;           // spill lies between end and it
};

void copy_words(const Slot* from, Slot* to, std::uint32_t slots) {
  const auto* words = reinterpret_cast<const std::uint64_t*>(from);
  auto* out = reinterpret_cast<std::uint64_t*>(to);
  for (std::uint32_t i = 0; i < slots * (kSlotBytes / 8); ++i) out[i] = load(words[i]);
}

// The frame in the shape of a record; false where it does not hold together.
bool copy_frame(const RingView& view, const Segment& segment, const Slot& from, OpenFrame& out) {
  Slot head;
  copy_words(&from, &head, 1);
  head.head = load_acquire(from.head);
  if (head_kind(head.head) != kSlotSpan) return false;
  const std::uint32_t more = head_continuation(head.head);
  out.seq = head.duration;
  out.cells = shape_cells(head.head);
  out.slots.assign(1 + more, Slot{});
  Extra extra{};
  if (head.head & kHeadMore) std::memcpy(&extra, &head.lineage, sizeof extra);
  if (more > 0) {
    const std::uint32_t at = extra.spill % kSlotsPerChunk;
    if (extra.spill / kSlotsPerChunk != segment.chunk || at < segment.end ||
        at + more > segment.spill_end)
      return false;
    copy_words(view.slots(segment.chunk) + at, out.slots.data() + 1, more);
  }
  if (head.head & kHeadMore) out.cells = extra.cells;
  if (out.cells > kHeadCells + more * kSlotCells) return false;
  out.slots[0] = head;
  return true;
}

}  // namespace

StackSegments::StackSegments(const RingView& view) {
  for (std::uint32_t c = 0; c < view.chunk_count(); ++c) {
    const ChunkHeader& h = view.chunk(c);
    if (load(h.kind) == kChunkStack) further_.push_back({load(h.owner_uid), load(h.order), c});
  }
  std::sort(further_.begin(), further_.end(), [](const Further& a, const Further& b) {
    return a.uid != b.uid ? a.uid < b.uid : a.depth < b.depth;
  });
}

std::vector<OpenFrame> read_stack(const RingView& view, const StackSegments& segments,
                                  const ThreadInfo& thread, std::uint64_t& damaged) {
  std::vector<OpenFrame> frames;
  std::vector<Segment> own{{thread.chunk, kThreadSlots, kThreadSpillSlot, kFirstRecordSlot}};
  auto it = std::lower_bound(segments.further_.begin(), segments.further_.end(), thread.uid,
                             [](const auto& further, std::uint64_t uid) { return further.uid < uid; });
  for (; it != segments.further_.end() && it->uid == thread.uid; ++it)
    own.push_back({it->chunk, kSegmentSlots, kSegmentSpillSlot, kSlotsPerChunk});
  std::uint64_t parent = 0, root = 0;
  for (const Segment& s : own) {
    bool hole = false;
    for (std::uint32_t at = s.begin; at < s.end; ++at) {
      const Slot& slot = view.slots(s.chunk)[at];
      const std::uint64_t head = load_acquire(slot.head);
      if (head == 0) {
        // The end; or a frame that a signal handler's interrupted as it was being filled.
        if (hole) break;
        hole = true;
        continue;
      }
      if (hole) ++damaged;
      hole = false;
      if (head_kind(head) == kSlotScope) {
        parent = 0;
        continue;
      }
      OpenFrame frame;
      if (!copy_frame(view, s, slot, frame)) {
        ++damaged;
        continue;
      }
      if (parent == 0) root = frame.slots[0].root;
      frame.slots[0].duration = 0;
      frame.slots[0].lineage = make_word(std::uint32_t(frame.seq), std::uint32_t(parent));
      frame.slots[0].root = root;
      parent = frame.seq;
      frames.push_back(std::move(frame));
    }
  }
  return frames;
}

std::vector<DetachedFrame> read_detached(const RingView& view) {
  constexpr std::uint32_t kFrames = (kSlotsPerChunk - 1) / kDetachedSlots;
  std::vector<DetachedFrame> out;
  for (std::uint32_t c = 0; c < view.chunk_count(); ++c) {
    if (load(view.chunk(c).kind) != kChunkDetached) continue;
    const auto* frames = reinterpret_cast<const DetachedFrame*>(view.slots(c) + 1);
    for (std::uint32_t i = 0; i < kFrames; ++i) {
      if (load_acquire(frames[i].state) != kDetachedOpen) continue;
      DetachedFrame copy;
      const auto* words = reinterpret_cast<const std::uint64_t*>(frames + i);
      for (std::size_t w = 0; w < sizeof copy / 8; ++w)
        reinterpret_cast<std::uint64_t*>(&copy)[w] = load(words[w]);
      out.push_back(copy);
    }
  }
  return out;
}

ThreadInfo thread_info(const RingView& view, std::uint32_t chunk, std::uint64_t uid) {
  const ThreadHeader& t = view.thread(chunk);
  ThreadInfo info;
  info.uid = uid;
  info.chunk = chunk;
  info.tid = load(t.tid);
  info.seed[0] = load(t.seed[0]);
  info.seed[1] = load(t.seed[1]);
  char name[sizeof t.name];
  std::memcpy(name, t.name, sizeof name);
  info.name.assign(name, strnlen(name, sizeof name));
  return info;
}

std::vector<ThreadInfo> read_threads(const RingView& view) {
  std::vector<ThreadInfo> out;
  for (std::uint32_t c = 0; c < view.chunk_count(); ++c) {
    if (load(view.chunk(c).kind) != kChunkThread) continue;
    const std::uint64_t uid = load(view.thread(c).uid);
    if (uid != 0 && load_acquire(view.thread(c).state) != 0)
      out.push_back(thread_info(view, c, uid));
  }
  std::sort(out.begin(), out.end(),
            [](const ThreadInfo& a, const ThreadInfo& b) { return a.uid < b.uid; });
  // Of two that claim one number only a damaged file knows.
  out.erase(std::unique(out.begin(), out.end(),
                        [](const ThreadInfo& a, const ThreadInfo& b) { return a.uid == b.uid; }),
            out.end());
  return out;
}

}  // namespace autospan::ring
