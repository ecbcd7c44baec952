#include "ring/open_frames.h"

#include <algorithm>
#include <cstring>

namespace autospan::ring {
namespace {

struct Segment {
  std::uint32_t chunk, begin, end;   // slots within the chunk
};

// From the innermost segment down to the thread's first chunk.
std::vector<Segment> segments_of(const RingView& view, const ThreadInfo& thread,
                                 std::uint64_t& damaged) {
  std::vector<Segment> out;
  std::uint32_t next = load_acquire(view.thread(thread.chunk).stack_next);
  const std::uint32_t chunks = view.chunk_count();
  while (out.size() <= chunks) {
    const std::uint32_t chunk = next / kSlotsPerChunk, end = next % kSlotsPerChunk;
    // A full segment ends where the following chunk begins.
    const bool full = end == 0 && chunk > 0;
    const Segment s{full ? chunk - 1 : chunk, 0, full ? kSlotsPerChunk : end};
    if (s.chunk == thread.chunk) {
      if (s.end >= kThreadSlots && s.end <= kFirstRecordSlot)
        out.push_back({s.chunk, kThreadSlots, s.end});
      else
        ++damaged;
      break;
    }
    if (s.chunk >= chunks || load(view.chunk(s.chunk).kind) != kChunkStack ||
        load(view.chunk(s.chunk).owner_uid) != thread.uid || s.end < 2) {
      ++damaged;
      break;
    }
    out.push_back({s.chunk, 2, s.end});
    next = std::uint32_t(load(view.slots(s.chunk)[1].payload[1]));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

OpenFrame copy_frame(const Slot* from, std::uint32_t count) {
  OpenFrame frame;
  frame.slots.resize(count);
  const auto* words = reinterpret_cast<const std::uint64_t*>(from);
  auto* out = reinterpret_cast<std::uint64_t*>(frame.slots.data());
  for (std::uint32_t i = 0; i < count * (kSlotBytes / 8); ++i) out[i] = load(words[i]);
  return frame;
}

}  // namespace

std::vector<OpenFrame> read_stack(const RingView& view, const ThreadInfo& thread,
                                  std::uint64_t& damaged) {
  std::vector<OpenFrame> frames;
  const std::uint64_t base = load(view.thread(thread.chunk).last_seq);
  for (const Segment& s : segments_of(view, thread, damaged)) {
    for (std::uint32_t at = s.begin; at < s.end;) {
      const Slot* slot = view.slots(s.chunk) + at;
      const std::uint32_t n = 1 + (load(slot->commit) & kMetaContinuation);
      if (at + n > s.end || (load(slot->commit) >> kMetaKindShift & 7) != kSlotSpan) {
        ++damaged;
        break;
      }
      OpenFrame frame = copy_frame(slot, n);
      // Frames are younger or older than the last chunk turn by less than half the number space.
      frame.seq = base + std::uint64_t(std::int64_t(
                             std::int32_t(frame.slots[0].seq - std::uint32_t(base))));
      frames.push_back(std::move(frame));
      at += n;
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
  return out;
}

}  // namespace autospan::ring
