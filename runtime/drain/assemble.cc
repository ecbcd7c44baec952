#include "drain/assemble.h"

#include <fmt/format.h>

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

// By its address: a param may be called the same.
constexpr std::string_view kCpuMs = "cpu_ms";

constexpr std::size_t kPendingBytesMax = 8u << 20;   // of long fields whose spans are still open

// The whole of a number of this thread, not younger than `seq`, from its low half.
std::uint64_t older(std::uint64_t seq, std::uint32_t low) {
  return seq - std::uint32_t(std::uint32_t(seq) - low);
}
bool is_local_root(const Slot& head) {
  return ring::low_half(head.root) == ring::low_half(head.lineage);
}

const ring::Param* param_of(const Site* site, std::uint32_t key) {
  const std::uint32_t index = key - ring::kKeyParam;
  return site && index < site->params.size() ? &site->params[index] : nullptr;
}

}  // namespace

Assembler::Assembler(const ring::RingView& view)
    : view_(view), sites_(std::make_shared<ring::SiteTable>(key_of_param)) {}

void Assembler::begin(SpanBatch& batch) {
  batch_ = &batch;
  batch.keep_alive.push_back(sites_);
  sites_->update(view_);
  clock_.update(view_);
}

Assembler::Ids Assembler::ids_of(const ring::ThreadInfo& thread, const Slot& head,
                                 std::uint64_t seq) {
  Ids ids;
  ids.span = ids_.span(thread.seed, seq);
  ids.root = older(seq, ring::low_half(head.root));
  if (!is_local_root(head))
    ids.parent = ids_.parent(thread.seed, older(seq, ring::high_half(head.lineage)));
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

void Assembler::describe(SpanData& span, const Slot& head, const Site* site) {
  span.error = head.head & ring::kHeadError;
  span.abandoned = head.head & ring::kHeadAbandoned;
  span.truncated = head.head & ring::kHeadTruncated;
  if (!site) {
    ++counts_.damaged;
    span.name = batch_->arena.keep(fmt::format("site {}", ring::head_site(head.head)));
    return;
  }
  if (service_.empty()) service_ = site->service;
  span.name = site->name;
  span.code_function = site->function;
  span.code_filepath = site->file;
  span.code_lineno = site->line;
  span.kind = site->span_kind <= AUTOSPAN_KIND_CONSUMER ? SpanKind(site->span_kind)
                                                        : SpanKind::kInternal;
}

// Spans too short to be kept: rollup.<name>.count, .sum_ms, .max_ms of their parent.
static void append_fold(SpanBatch& batch, const Assembler& assembler, const Entry& entry) {
  const Site* site = entry.key == ring::kKeyFoldOther ? nullptr : assembler.sites().find(entry.key);
  const std::string prefix =
      fmt::format("rollup.{}.", site ? std::string_view(site->name) : std::string_view("other"));
  const auto add = [&](const char* what, Value value) {
    batch.fields.push_back({batch.arena.keep(prefix + what), value});
  };
  const auto ms = [&](std::uint64_t ticks) {
    return Value::of(double(assembler.clock().length_ns(ticks)) / 1e6);
  };
  add("count", Value::of(entry.fold[0]));
  add("sum_ms", ms(entry.fold[1]));
  add("max_ms", ms(entry.fold[2]));
}

// Fields of a payload, in the order of the params first: values of one site read alike.
static void append_entry(SpanBatch& batch, const Assembler& assembler, const Site* site,
                         Entry& entry, bool& truncated) {
  if (entry.value.flags & AUTOSPAN_TRUNCATED) truncated = true;
  if (entry.fold) return append_fold(batch, assembler, entry);
  switch (entry.key) {
    case ring::kKeyInline:
      append_value(batch, batch.arena.keep(entry.inline_key), entry.value);
      return;
    case ring::kKeyExceptionType:
      batch.fields.push_back({"exception.type", Value::of(demangled(batch, entry.value.bytes))});
      return;
    case ring::kKeyExceptionMessage:
      batch.fields.push_back({"exception.message", Value::of(batch.arena.keep(entry.value.bytes))});
      return;
    case ring::kKeyCpu:
      batch.fields.push_back({kCpuMs, Value::of(double(entry.value.word) / 1e6)});
      return;
    case ring::kKeyCpuStart:
      return;  // of a frame that is still open
    case ring::kKeyReturn:
      append_value(batch, "return", entry.value);
      return;
    default: break;
  }
  if (entry.key & ring::kKeyParam) {
    if (!entry.value.param) entry.value.param = param_of(site, entry.key);
    if (entry.value.param) append_param(batch, *entry.value.param, entry.value);
    return;
  }
  const Site* key = assembler.sites().find(entry.key);
  if (!key || key->params.empty()) return;
  entry.value.param = &key->params[0];
  append_param(batch, key->params[0], entry.value);
}

static bool append_payload(SpanBatch& batch, const Assembler& assembler, const Site* site,
                           PayloadReader payload, bool& truncated) {
  Entry entry;
  while (payload.next(entry)) append_entry(batch, assembler, site, entry, truncated);
  // Params that carry no data are known from the site alone; they come last,
  // since they tell least.
  if (site && site->kind != AUTOSPAN_SITE_FIELD)
    for (const ring::Param& param : site->params) {
      if (param.type != AUTOSPAN_OPAQUE && param.type != AUTOSPAN_REDACTED) continue;
      RawValue value;
      value.type = param.type;
      value.param = &param;
      append_param(batch, param, value);
    }
  return !payload.damaged();
}

void Assembler::read_span(SpanData& span, const ring::ThreadInfo& thread, const Slot* slots,
                          std::uint32_t cells, std::uint64_t seq) {
  const Ids ids = ids_of(thread, *slots, seq);
  span.trace_id = ids.trace;
  span.span_id = ids.span;
  span.parent_id = ids.parent;
  span.samplerate = ids.rate * ring::head_rate(slots->head);
  span.local_root = is_local_root(*slots);
  span.thread_id = thread.tid;
  span.start_unix_ns = clock_.unix_ns(slots->start, ids.root);
  const Site* site = sites_->find(ring::head_site(slots->head));
  describe(span, *slots, site);
  span.fields.begin = std::uint32_t(batch_->fields.size());
  if (!append_payload(*batch_, *this, site, PayloadReader(slots, cells, site), span.truncated))
    ++counts_.damaged;
  if (!pending_.empty()) add_pending(span, {thread.uid, seq}, site);
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
  read_span(span, *record.thread, record.slots, payload_count(record.count), record.seq);
  span.duration_ns = clock_.duration_ns(record.slots->start, record.slots->duration);
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
  read_span(span, thread, frame.slots.data(), frame.cells, frame.seq);
  const std::uint64_t start = frame.slots[0].start;
  span.unfinished = true;
  span.duration_ns = now_ticks > start ? clock_.duration_ns(start, now_ticks - start) : 0;
  return span;
}

static void set_ids(SpanData& span, const ring::DetachedIds& ids) {
  span.trace_id = trace_of_words(ids.trace_id[0], ids.trace_id[1]);
  span.span_id = span_of_word(ids.span_id);
  span.parent_id = span_of_word(ids.parent_id);
  span.local_root = ids.parent_id == 0;
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
  const Site* site = sites_->find(ring::head_site(record.slots->head));
  describe(span, *record.slots, site);
  span.fields.begin = std::uint32_t(batch_->fields.size());
  if (ids.idle_ticks)
    batch_->fields.push_back(
        {"idle_ms", Value::of(double(clock_.length_ns(ids.idle_ticks)) / 1e6)});
  if (!append_payload(*batch_, *this, site,
                      PayloadReader(cells, payload_count(record.count), kIds),
                      span.truncated))
    ++counts_.damaged;
  span.fields.count = std::uint32_t(batch_->fields.size()) - span.fields.begin;
  batch_->spans.push_back(span);
}

SpanData Assembler::open_detached(const ring::DetachedFrame& frame, std::uint64_t now_ticks) {
  SpanData span;
  set_ids(span, frame.ids);
  span.unfinished = true;
  span.start_unix_ns = clock_.unix_ns(frame.start, frame.ids.trace_id[0]);
  span.duration_ns = now_ticks > frame.start ? clock_.duration_ns(frame.start, now_ticks - frame.start) : 0;
  const Site* site = sites_->find(frame.site);
  Slot head{};
  head.head = ring::make_head(frame.site & (ring::kSitesMax - 1), ring::kSlotDetached);
  describe(span, head, site);
  constexpr std::uint32_t kRoom = sizeof frame.payload / 8;
  const std::uint32_t cells = frame.cells < kRoom ? frame.cells : kRoom;
  span.fields.begin = std::uint32_t(batch_->fields.size());
  if (!append_payload(*batch_, *this, site, PayloadReader(frame.payload, cells),
                      span.truncated))
    ++counts_.damaged;
  span.fields.count = std::uint32_t(batch_->fields.size()) - span.fields.begin;
  return span;
}

// Events and links carry their span's seq, root and context, so that their ids follow alike.
void Assembler::take_event(const Record& record) {
  const Slot& head = *record.slots;
  const Ids ids = ids_of(*record.thread, head, record.seq);
  const Site* site = sites_->find(ring::head_site(head.head));
  SpanEventData event;
  event.trace_id = ids.trace;
  event.parent_id = ids.span;
  event.samplerate = ids.rate;
  event.name = site ? std::string_view(site->name) : "event";
  event.time_unix_ns = clock_.unix_ns(head.start, ids.root);
  event.fields.begin = std::uint32_t(batch_->fields.size());
  bool truncated = false;
  if (!append_payload(*batch_, *this, site,
                      PayloadReader(head.payload, payload_count(record.count)),
                      truncated))
    ++counts_.damaged;
  event.fields.count = std::uint32_t(batch_->fields.size()) - event.fields.begin;
  batch_->events.push_back(event);
}

void Assembler::take_link(const Record& record) {
  const Slot& head = *record.slots;
  const Ids ids = ids_of(*record.thread, head, record.seq);
  SpanLinkData link;
  link.trace_id = ids.trace;
  link.parent_id = ids.span;
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
    append_entry(*batch_, *this, site, entry, span.truncated);
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
