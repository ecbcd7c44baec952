#include "wire/chrome_trace.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "model/span_kind.h"
#include "wire/distinct_fields.h"
#include "wire/hex.h"
#include "wire/items_by_span.h"
#include "wire/json_number.h"
#include "wire/json_text.h"
#include "wire/time_text.h"

namespace autospan::wire {
namespace {

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}
std::int64_t saturated_difference(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

// Nanoseconds as decimal microseconds, exact: 1500 → 1.500.
void append_us(ByteBuffer& out, std::string_view key, std::int64_t ns) {
  char* p = put(out.reserve(key.size() + kNumberBytes), key);
  const std::uint64_t whole =
      ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  if (ns < 0) *p++ = '-';
  p = put_unsigned(p, whole / 1000);
  *p++ = '.';
  const std::uint32_t fraction = static_cast<std::uint32_t>(whole % 1000);
  *p++ = static_cast<char>('0' + fraction / 100);
  *p++ = static_cast<char>('0' + fraction / 10 % 10);
  *p++ = static_cast<char>('0' + fraction % 10);
  out.set_end(p);
}

void append_value(ByteBuffer& out, const Value& value) {
  char* p = out.reserve(kNumberBytes);
  switch (value.type) {
    case Value::Type::kNull:
      return out.append("null");
    case Value::Type::kBool:
      return out.append(value.boolean ? "true" : "false");
    case Value::Type::kInt:
      return out.set_end(put_integer(p, value.integer));
    case Value::Type::kUint:
      return out.set_end(put_unsigned(p, value.unsigned_integer));
    case Value::Type::kDouble:
      if (!std::isfinite(value.real)) return out.append("null");
      return out.set_end(put_real(p, value.real));
    case Value::Type::kFloat:
      if (!std::isfinite(value.real32)) return out.append("null");
      return out.set_end(put_real(p, value.real32));
    case Value::Type::kText:
    case Value::Type::kJson:
      append_json_text(out, value.text);
  }
}

class Writer {
 public:
  Writer(ByteBuffer& out, const SpanBatch& batch) : out_(out), batch_(batch), links_(batch.links) {
    bool first = true;
    const auto see = [&](std::int64_t ns) {
      begin_ns_ = first ? ns : std::min(begin_ns_, ns);
      first = false;
    };
    for (const SpanData& span : batch.spans) see(span.start_unix_ns);
    for (const SpanEventData& event : batch.events) see(event.time_unix_ns);
  }

  void append_other(const std::vector<Field>& about) {
    out_.append(R"("otherData":{"start":")");
    out_.set_end(put_time(out_.reserve(kTimeBytes), begin_ns_));
    out_.append(R"(","service":)");
    append_json_text(out_, batch_.resource->service_name);
    for (const Field& field : about) member(field.key, field.value);
    out_.push('}');
  }

  void append_process() {
    open("process_name", "M", 0);
    out_.append(R"(,"args":{"name":)");
    append_json_text(out_, batch_.resource->program.empty() ? batch_.resource->service_name
                                                            : batch_.resource->program);
    out_.append("}}");
  }

  void append_end(const SpanData& span) {
    open(span.name, "e", span.thread_id);
    append_us(out_, R"(,"ts":)", since(saturated_sum(span.start_unix_ns, span.duration_ns)));
    append_async(span);
    out_.push('}');
  }

  void append_span(const SpanData& span, std::string_view phase) {
    open(span.name, phase, span.thread_id);
    append_us(out_, R"(,"ts":)", since(span.start_unix_ns));
    if (phase == "X") append_us(out_, R"(,"dur":)", span.duration_ns);
    append_async(span);
    out_.append(R"(,"args":{)");
    id("trace_id", span.trace_id);
    id("span_id", span.span_id);
    if (span.parent_id.valid()) id("parent_id", span.parent_id);
    if (span.error) member("error", Value::of(true));
    if (span.unfinished) member("unfinished_ms", Value::of(double(span.duration_ns) / 1e6));
    if (span.abandoned) member("abandoned", Value::of(true));
    if (!span.code_filepath.empty()) member("code.filepath", Value::of(span.code_filepath));
    if (span.code_lineno != 0) member("code.lineno", Value::of(std::int64_t{span.code_lineno}));
    append_fields(span.fields);
    append_links(span);
    out_.append("}}");
  }

  // On the thread of its span, where that is there.
  void append_event(const SpanEventData& event, std::uint32_t thread) {
    open(event.name, "i", thread);
    append_us(out_, R"(,"ts":)", since(event.time_unix_ns));
    out_.append(R"(,"s":"t","args":{)");
    id("trace_id", event.trace_id);
    id("parent_id", event.parent_id);
    append_fields(event.fields);
    out_.append("}}");
  }

 private:
  std::int64_t since(std::int64_t unix_ns) const {
    return saturated_difference(unix_ns, begin_ns_);
  }

  void open(std::string_view name, std::string_view phase, std::uint32_t thread) {
    out_.append(first_ ? R"({"name":)" : R"(,{"name":)");
    first_ = false;
    append_json_text(out_, name);
    out_.append(R"(,"ph":")");
    out_.append(phase);
    out_.append(R"(","pid":)");
    out_.set_end(put_unsigned(out_.reserve(kNumberBytes), batch_.resource->pid));
    out_.append(R"(,"tid":)");
    out_.set_end(put_unsigned(out_.reserve(kNumberBytes), thread));
  }

  // Asynchronous events belong together by category and id.
  void append_async(const SpanData& span) {
    out_.append(R"(,"cat":)");
    append_json_text(out_, model::kind_name(span.kind));
    out_.append(R"(,"id":"0x)");
    out_.set_end(put_hex(out_.reserve(16), span.span_id.bytes));
    out_.push('"');
  }

  void append_links(const SpanData& span) {
    const auto links = links_.of(span);
    if (links.size() == 0) return;
    out_.append(R"(,"links":[)");
    bool first = true;
    for (const SpanLinkData* link : links) {
      out_.append(first ? "{" : ",{");
      first = false;
      id("trace_id", link->linked_trace_id);
      id("span_id", link->linked_span_id);
      out_.push('}');
    }
    out_.push(']');
  }

  void append_fields(FieldRange range) {
    const Field* const fields = batch_.fields.data() + range.begin;
    distinct_.look_at(fields, range.count);
    for (std::uint32_t i = 0; i < range.count; ++i) {
      if (!distinct_.keeps(i)) continue;
      const WireKey& key = distinct_.key(i);
      member(key.prefixed ? std::string(WireKey::kPrefix) + std::string(key.key)
                          : std::string(key.key),
             fields[i].value);
    }
  }

  void comma() {
    if (out_.view().back() != '{') out_.push(',');
  }
  void member(std::string_view key, const Value& value) {
    comma();
    append_json_text(out_, key);
    out_.push(':');
    append_value(out_, value);
  }
  template <typename Id>
  void id(std::string_view key, const Id& value) {
    comma();
    out_.push('"');
    out_.append(key);
    out_.append(R"(":")");
    out_.set_end(put_hex(out_.reserve(2 * value.bytes.size()), value.bytes));
    out_.push('"');
  }

  ByteBuffer& out_;
  const SpanBatch& batch_;
  const ItemsBySpan<SpanLinkData> links_;
  DistinctFields distinct_;
  std::int64_t begin_ns_ = 0;
  bool first_ = true;
};

// What stands in the file at one moment. At equal times an end comes first, then the span that
// lasts longer, which is the other's parent.
struct Moment {
  enum What : std::uint8_t { kEnd, kSpan, kEvent };
  std::int64_t unix_ns;
  What what;
  std::int64_t duration_ns;
  std::size_t index;
  friend bool operator<(const Moment& a, const Moment& b) {
    return std::tie(a.unix_ns, a.what, b.duration_ns, a.index) <
           std::tie(b.unix_ns, b.what, a.duration_ns, b.index);
  }
};

std::vector<Moment> moments_of(const SpanBatch& batch) {
  std::vector<Moment> out;
  for (std::size_t i = 0; i < batch.spans.size(); ++i)
    out.push_back({batch.spans[i].start_unix_ns, Moment::kSpan, batch.spans[i].duration_ns, i});
  for (std::size_t i = 0; i < batch.events.size(); ++i)
    out.push_back({batch.events[i].time_unix_ns, Moment::kEvent, 0, i});
  std::sort(out.begin(), out.end());
  return out;
}

// Complete events of a thread lie within each other or apart; detached spans may do neither. Adds
// an end for each of those.
std::vector<bool> find_overlaps(const SpanBatch& batch, std::vector<Moment>& moments) {
  std::vector<bool> overlaps(batch.spans.size());
  std::map<std::uint32_t, std::vector<std::int64_t>> ends_by_thread;  // of the spans around
  const std::size_t count = moments.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (moments[i].what != Moment::kSpan) continue;
    const std::size_t index = moments[i].index;
    const SpanData& span = batch.spans[index];
    if (span.unfinished) continue;
    std::vector<std::int64_t>& ends = ends_by_thread[span.thread_id];
    while (!ends.empty() && ends.back() <= span.start_unix_ns) ends.pop_back();
    const std::int64_t end = saturated_sum(span.start_unix_ns, span.duration_ns);
    overlaps[index] = !ends.empty() && end > ends.back();
    if (overlaps[index])
      moments.push_back({end, Moment::kEnd, 0, index});
    else
      ends.push_back(end);
  }
  if (moments.size() != count) std::sort(moments.begin(), moments.end());
  return overlaps;
}

}  // namespace

void append_chrome_trace(ByteBuffer& out, const SpanBatch& batch, const std::vector<Field>& about) {
  Writer writer(out, batch);
  out.append(R"({"displayTimeUnit":"ms",)");
  writer.append_other(about);
  out.append(R"(,"traceEvents":[)");
  writer.append_process();
  std::map<std::pair<TraceId, SpanId>, std::uint32_t> threads;
  if (!batch.events.empty())
    for (const SpanData& span : batch.spans)
      threads[{span.trace_id, span.span_id}] = span.thread_id;
  std::vector<Moment> moments = moments_of(batch);
  const std::vector<bool> overlaps = find_overlaps(batch, moments);
  for (const Moment& moment : moments) {
    if (moment.what == Moment::kEvent) {
      const SpanEventData& event = batch.events[moment.index];
      const auto found = threads.find({event.trace_id, event.parent_id});
      writer.append_event(event, found == threads.end() ? 0 : found->second);
      continue;
    }
    const SpanData& span = batch.spans[moment.index];
    if (moment.what == Moment::kEnd)
      writer.append_end(span);
    else
      writer.append_span(span, span.unfinished ? "B" : overlaps[moment.index] ? "b" : "X");
  }
  out.append("]}\n");
}

}  // namespace autospan::wire
