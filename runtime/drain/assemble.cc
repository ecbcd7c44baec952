#include "drain/assemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "autospan/abi.h"
#include "drain/payload.h"
#include "drain/values.h"
#include "ring/ids.h"
#include "ring/open_frames.h"

namespace autospan::drain {
namespace {

using ring::Record;
using ring::Site;
using ring::Slot;

constexpr std::size_t kPendingBytesMax = 8u << 20;   // of long fields whose spans are still open

// The whole of a number of this thread, not younger than `seq`, from its low half.
std::uint64_t older(std::uint64_t seq, std::uint32_t low) {
  return seq - std::uint32_t(std::uint32_t(seq) - low);
}
bool is_local_root(const Slot& head) {
  return ring::low_half(head.root) == ring::low_half(head.lineage);
}

}  // namespace

Assembler::Assembler(const ring::RingView& view)
    : view_(view), sites_(std::make_shared<ReadySites>()) {}

void Assembler::look() {
  sites_->update(view_);
  clock_.update(view_);
}

void Assembler::begin(SpanBatch& batch) {
  batch_ = &batch;
  batch.keep_alive.push_back(sites_);
  looked_ = false;
}

inline const ReadySite* Assembler::site_of(std::uint32_t id) {
  const ReadySite* const ready = sites_->find(id);
  return ready || looked_ ? ready : newer_site(id);
}

// A site may be newer than the last look; one that is nowhere is not looked for with every record.
const ReadySite* Assembler::newer_site(std::uint32_t id) {
  looked_ = true;
  sites_->update(view_);
  return sites_->find(id);
}

// These within their callers: what they find goes into the span, and does not lie in memory before.
[[gnu::always_inline]] inline Assembler::Ids Assembler::ids_of(const ring::ThreadInfo& thread, const Slot& head,
                                 std::uint64_t seq) {
  Ids ids;
  ids.span = ids_.span(thread.seed, seq);
  ids.root = older(seq, ring::low_half(head.root));
  if (!is_local_root(head))
    ids.parent = ids_.span(thread.seed, older(seq, ring::high_half(head.lineage)));
  const std::uint32_t word = ring::high_half(head.root);
  const ring::ContextBlock* const context = word ? view_.context(word) : nullptr;
  if (word && !context) ++counts_.trace_unknown;
  if (!context) {
    ids.trace = ids_.trace(thread.seed, ids.root);
    return ids;
  }
  const std::uint64_t high = ring::load(context->trace_id[0]), low = ring::load(context->trace_id[1]);
  ids.trace = high | low ? trace_of_words(high, low) : ids_.trace(thread.seed, ids.root);
  if (is_local_root(head))
    ids.parent = span_of_word(ring::load(context->span_id));
  if (const std::uint32_t rate = ring::load(context->rate)) ids.rate = rate;
  return ids;
}

[[gnu::always_inline]] inline void Assembler::describe(SpanData& span, std::uint64_t head, const ReadySite* ready) {
  span.error = head & ring::kHeadError;
  span.abandoned = head & ring::kHeadAbandoned;
  span.truncated = head & ring::kHeadTruncated;
  if (!ready) {
    ++counts_.damaged;
    span.name = batch_->arena.keep(fmt::format("site {}", ring::head_site(head)));
    return;
  }
  const Site& site = *ready->site;
  if (service_.empty() && !site.service.empty()) service_ = site.service;
  span.name = site.name;
  span.code_function = site.function;
  span.code_filepath = site.file;
  span.code_lineno = site.line;
  span.kind = ready->kind;
  span.site = &ready->shared;
}

void Assembler::read_span(SpanData& span, const ring::ThreadInfo& thread, const Slot* slots,
                          std::uint32_t cells, std::uint64_t seq, std::uint64_t duration) {
  const Ids ids = ids_of(thread, *slots, seq);
  span.trace_id = ids.trace;
  span.span_id = ids.span;
  span.parent_id = ids.parent;
  span.samplerate = ids.rate * ring::head_rate(slots->head);
  span.local_root = is_local_root(*slots);
  span.thread_id = thread.tid;
  const ClockMap::Moment moment = clock_.moment(slots->start, duration, ids.root);
  span.start_unix_ns = moment.unix_ns;
  span.duration_ns = moment.duration_ns;
  const ReadySite* ready = site_of(ring::head_site(slots->head));
  describe(span, slots->head, ready);
  span.fields.begin = std::uint32_t(batch_->fields.size());
  if (!fields().append(ready, slots, cells, span.truncated)) ++counts_.damaged;
  if (!pending_.empty()) add_pending(span, {thread.uid, seq}, ready ? ready->site : nullptr);
  span.fields.count = std::uint32_t(batch_->fields.size()) - span.fields.begin;
}

void Assembler::take(const Record& record) {
  switch (ring::head_kind(record.slots->head)) {
    case ring::kSlotSpan: return take_span(record);
    case ring::kSlotField: return take_field(record);
    case ring::kSlotEvent: return take_event(record);
    case ring::kSlotLink: return take_link(record);
    case ring::kSlotDetached: return take_detached(record);
    default: return;
  }
}

void Assembler::take_span(const Record& record) {
  SpanData& span = batch_->spans.emplace_back();
  read_span(span, *record.thread, record.slots, payload_count(record.count), record.seq,
            record.slots->duration);
  add_wait(span);
}

// What a span that asked for its processor time spent off the processor.
void Assembler::add_wait(SpanData& span) {
  for (std::uint32_t i = 0; i < span.fields.count; ++i) {
    const Field& f = batch_->fields[span.fields.begin + i];
    if (f.key.data() != kCpuMs.data()) continue;
    const double wait = double(span.duration_ns) / 1e6 - f.value.real;
    batch_->fields.push_back({"wait_ms", Value::of(wait > 0 ? wait : 0.0)});
    ++span.fields.count;
    return;
  }
}

SpanData Assembler::open_span(const ring::ThreadInfo& thread, const ring::OpenFrame& frame,
                              std::uint64_t now_ticks) {
  SpanData span;
  const std::uint64_t start = frame.slots[0].start;
  read_span(span, thread, frame.slots.data(), frame.cells, frame.seq,
            now_ticks > start ? now_ticks - start : 0);
  span.unfinished = true;
  return span;
}

static void set_ids(SpanData& span, const ring::DetachedIds& ids) {
  span.trace_id = trace_of_words(ids.trace_id[0], ids.trace_id[1]);
  span.span_id = span_of_word(ids.span_id);
  span.parent_id = span_of_word(ids.parent_id);
  span.local_root = ids.parent_id == 0;
}

// What of its time a detached span ran, where it was suspended at all.
void Assembler::add_idle(std::uint64_t idle_ticks, std::int64_t duration_ns) {
  if (!idle_ticks) return;
  const std::int64_t idle = std::min(clock_.length_ns(idle_ticks), duration_ns);
  batch_->fields.push_back({"busy_ms", Value::of(double(duration_ns - idle) / 1e6)});
  batch_->fields.push_back({"idle_ms", Value::of(double(idle) / 1e6)});
}

void Assembler::take_detached(const Record& record) {
  constexpr std::uint32_t kIds = sizeof(ring::DetachedIds) / 8;
  const std::uint64_t* cells = record.slots->payload;
  if (payload_count(record.count) < kIds) {
    ++counts_.damaged;
    return;
  }
  ring::DetachedIds ids;
  std::memcpy(&ids, cells, sizeof ids);
  SpanData span;
  set_ids(span, ids);
  span.thread_id = record.thread->tid;
  span.start_unix_ns = clock_.unix_ns(record.slots->start, ids.trace_id[0]);
  span.duration_ns = clock_.duration_ns(record.slots->start, record.slots->duration);
  const ReadySite* ready = site_of(ring::head_site(record.slots->head));
  describe(span, record.slots->head, ready);
  span.fields.begin = std::uint32_t(batch_->fields.size());
  if (!fields().append(ready, PayloadReader(cells, payload_count(record.count), kIds),
                       span.truncated))
    ++counts_.damaged;
  add_idle(ids.idle_ticks, span.duration_ns);
  span.fields.count = std::uint32_t(batch_->fields.size()) - span.fields.begin;
  batch_->spans.push_back(span);
}

SpanData Assembler::open_detached(const ring::DetachedFrame& frame, std::uint64_t now_ticks) {
  SpanData span;
  set_ids(span, frame.ids);
  span.unfinished = true;
  span.start_unix_ns = clock_.unix_ns(frame.start, frame.ids.trace_id[0]);
  span.duration_ns = now_ticks > frame.start ? clock_.duration_ns(frame.start, now_ticks - frame.start) : 0;
  const std::uint32_t site = frame.site & (ring::kSitesMax - 1);
  const ReadySite* ready = site_of(site);
  describe(span, ring::make_head(site, ring::kSlotDetached) |
                     (frame.site & ring::kDetachedError ? ring::kHeadError : 0), ready);
  constexpr std::uint32_t kRoom = sizeof frame.payload / 8;
  const std::uint32_t cells = frame.cells < kRoom ? frame.cells : kRoom;
  span.fields.begin = std::uint32_t(batch_->fields.size());
  if (!fields().append(ready, PayloadReader(frame.payload, cells), span.truncated))
    ++counts_.damaged;
  const bool waits = frame.suspended && now_ticks > frame.suspended;
  add_idle(frame.ids.idle_ticks + (waits ? now_ticks - frame.suspended : 0), span.duration_ns);
  span.fields.count = std::uint32_t(batch_->fields.size()) - span.fields.begin;
  return span;
}

// Events and links carry their span's seq, root and context, so that their ids follow alike. Of a
// detached span they have the context alone.
SpanId Assembler::owner_of(const Ids& ids, const Slot& head) {
  return ring::low_half(head.lineage) ? ids.span : ids.parent;
}

void Assembler::take_event(const Record& record) {
  const Slot& head = *record.slots;
  const Ids ids = ids_of(*record.thread, head, record.seq);
  const ReadySite* ready = site_of(ring::head_site(head.head));
  SpanEventData event;
  event.trace_id = ids.trace;
  event.parent_id = owner_of(ids, head);
  event.samplerate = ids.rate;
  event.name = ready ? std::string_view(ready->site->name) : "event";
  event.time_unix_ns = clock_.unix_ns(head.start, ids.root);
  event.fields.begin = std::uint32_t(batch_->fields.size());
  bool truncated = false;
  if (!fields().append(ready, PayloadReader(head.payload, payload_count(record.count)), truncated))
    ++counts_.damaged;
  event.fields.count = std::uint32_t(batch_->fields.size()) - event.fields.begin;
  batch_->events.push_back(event);
}

void Assembler::take_link(const Record& record) {
  const Slot& head = *record.slots;
  const Ids ids = ids_of(*record.thread, head, record.seq);
  SpanLinkData link;
  link.trace_id = ids.trace;
  link.parent_id = owner_of(ids, head);
  link.samplerate = ids.rate;
  link.linked_trace_id = trace_of_words(head.payload[0], head.payload[1]);
  link.linked_span_id = span_of_word(head.payload[2]);
  link.time_unix_ns = clock_.unix_ns(head.start, ids.root);
  batch_->links.push_back(link);
}

void Assembler::take_field(const Record& record) {
  PayloadReader payload(record.slots->payload, payload_count(record.count));
  Entry entry;
  if (!payload.next(entry)) {
    ++counts_.damaged;
    return;
  }
  if (pending_bytes_ + entry.value.bytes.size() > kPendingBytesMax) {
    ++counts_.fields_pending_dropped;
    return;
  }
  pending_bytes_ += entry.value.bytes.size();
  auto& fields = pending_[{record.thread->uid, record.seq}].fields;
  const bool more = entry.value.flags & ring::kTagMore;
  if (!fields.empty() && fields.back().more && fields.back().key_id == entry.key &&
      fields.back().key == entry.inline_key) {
    fields.back().bytes += entry.value.bytes;
    fields.back().more = more;
    return;
  }
  fields.push_back({entry.key, std::string(entry.inline_key), entry.value.type, entry.value.flags,
                    std::string(entry.value.bytes), entry.value.word, more});
}

void Assembler::add_pending(SpanData& span, const SpanKey& key, const Site* site) {
  const auto it = pending_.find(key);
  if (it == pending_.end()) return;
  for (const Pending& p : it->second.fields) {
    Entry entry;
    entry.key = p.key_id;
    entry.inline_key = p.key;
    entry.value.type = p.type;
    entry.value.flags = p.flags;
    entry.value.bytes = p.bytes;
    entry.value.word = p.word;
    fields().append(site, entry, span.truncated);
    pending_bytes_ -= p.bytes.size();
  }
  pending_.erase(it);
}

void Assembler::mark_ended() {
  if (pending_.empty()) return;
  std::set<SpanKey> open;
  std::set<std::uint64_t> unsure;  // threads whose stacks changed while they were read
  const ring::StackSegments segments(view_);
  for (const ring::ThreadInfo& thread : ring::read_threads(view_)) {
    std::uint64_t torn = 0;
    for (const ring::OpenFrame& frame : ring::read_stack(view_, segments, thread, torn))
      open.insert({thread.uid, frame.seq});
    if (torn) unsure.insert(thread.uid);
  }
  for (auto& [key, waiting] : pending_)
    waiting.ended = !open.count(key) && !unsure.count(key.first);
}

void Assembler::drop_ended() {
  for (auto it = pending_.begin(); it != pending_.end();)
    it = it->second.ended ? drop(it) : std::next(it);
}

void Assembler::drop_waiting() {
  for (auto it = pending_.begin(); it != pending_.end();) it = drop(it);
}

Assembler::WaitingFields::iterator Assembler::drop(WaitingFields::iterator waiting) {
  counts_.fields_pending_dropped += waiting->second.fields.size();
  for (const Pending& field : waiting->second.fields) pending_bytes_ -= field.bytes.size();
  return pending_.erase(waiting);
}

}  // namespace autospan::drain
