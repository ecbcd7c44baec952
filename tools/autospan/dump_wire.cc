#include "dump_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "drain/counted.h"
#include "dump_text.h"
#include "export/dataset.h"
#include "fault_frame.h"
#include "signal_text.h"
#include "wire/chrome_trace.h"
#include "wire/event_json.h"
#include "wire/json_text.h"
#include "wire/ndjson.h"
#include "wire/otlp_json.h"

namespace autospan::cli {
namespace {

using drain::ProcessDump;

// Of two at one moment the longer first: it is the other's parent.
bool earlier(const SpanData& a, const SpanData& b) {
  return std::tie(a.start_unix_ns, b.duration_ns, a.span_id) <
         std::tie(b.start_unix_ns, a.duration_ns, b.span_id);
}

void flatten(ProcessDump& dump) {
  for (const drain::OpenSpan& open : dump.open) dump.batch.spans.push_back(open.span);
  std::sort(dump.batch.spans.begin(), dump.batch.spans.end(), earlier);
  std::sort(dump.batch.events.begin(), dump.batch.events.end(),
            [](const SpanEventData& a, const SpanEventData& b) {
              return std::tie(a.time_unix_ns, a.parent_id, a.name) <
                     std::tie(b.time_unix_ns, b.parent_id, b.name);
            });
  std::sort(dump.batch.links.begin(), dump.batch.links.end(),
            [](const SpanLinkData& a, const SpanLinkData& b) {
              return std::tie(a.time_unix_ns, a.parent_id, a.linked_span_id) <
                     std::tie(b.time_unix_ns, b.parent_id, b.linked_span_id);
            });
}

class About {
 public:
  explicit About(ProcessDump& dump) : dump_(dump) {
    text("state", end_word(dump));
    text("end", end_text(dump));
    fields_.push_back({"autospan.lost", Value::of(std::uint64_t{dump.lost})});
    fields_.push_back({"autospan.damaged", Value::of(std::uint64_t{dump.damaged})});
    text("loss", fmt::format("{}", fmt::join(dump.loss, "; ")));
    text("damage", fmt::format("{}", fmt::join(dump.damage, "; ")));
    if (dump.fatal.signal != 0) add_fault();
  }
  // Calls that no span stands for, by site.
  About& with_counted() {
    for (const drain::CountedCalls& c : dump_.counted)
      fields_.push_back({dump_.batch.arena.keep(fmt::format("autospan.counted.{}", c.name)), Value::of(c.calls)});
    return *this;
  }
  std::vector<Field> take() { return std::move(fields_); }

 private:
  void text(std::string_view key, const std::string& value) {
    if (value.empty()) return;
    Arena& arena = dump_.batch.arena;
    fields_.push_back({arena.keep(fmt::format("autospan.{}", key)), Value::of(arena.keep(value))});
  }
  void add_fault() {
    const drain::FatalSignal& fatal = dump_.fatal;
    const FaultFrame frame = fault_frame(fatal);
    text("fault.signal", signal_text(static_cast<int>(fatal.signal)));
    text("fault.cause", fault_cause(fatal, dump_.resource.pid));
    text("fault.pc", fmt::format("{:#x}", fatal.pc));
    text("fault.function", frame.function);
    text("fault.module", frame.module);
    text("fault.build_id", frame.build_id);
    if (frame.module.empty()) return;
    text("fault.base", fmt::format("{:#x}", frame.base));
    text("fault.offset", fmt::format("{:#x}", frame.offset));
  }

  ProcessDump& dump_;
  std::vector<Field> fields_;
};

// Lines in the making, each with its moment.
class Lines {
 public:
  explicit Lines(const ProcessDump& dump)
      : dump_(dump),
        json_(dump.resource),
        dataset_(dataset_of_service(dump.resource.service_name)) {
    for (const SpanData& span : dump.batch.spans) parents_.insert(span.parent_id);
  }
  void add(const SpanData& span) {
    json_.append_span(open(), dump_.batch, span,
                      wire::span_place(span, parents_.count(span.span_id) != 0));
    close(span.start_unix_ns, span.samplerate);
  }
  void add(const SpanEventData& event) {
    json_.append_event(open(), dump_.batch, event);
    close(event.time_unix_ns, event.samplerate);
  }
  void add(const SpanLinkData& link) {
    json_.append_link(open(), dump_.batch, link);
    close(link.time_unix_ns, link.samplerate);
  }
  std::string in_order() {
    std::sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
      return std::tie(a.unix_ns, a.begin) < std::tie(b.unix_ns, b.begin);
    });
    std::string out;
    out.reserve(bytes_.size());
    for (const Line& line : lines_) out += bytes_.view().substr(line.begin, line.end - line.begin);
    return out;
  }

 private:
  struct Line {
    std::int64_t unix_ns;
    std::size_t begin, end;
  };
  wire::ByteBuffer& open() {
    data_.clear();
    return data_;
  }
  void close(std::int64_t unix_ns, std::uint32_t rate) {
    const std::size_t begin = bytes_.size();
    wire::append_ndjson_line(bytes_, data_.view(), unix_ns, rate, dataset_);
    lines_.push_back({unix_ns, begin, bytes_.size()});
  }

  const ProcessDump& dump_;
  wire::EventJson json_;
  const std::string dataset_;
  std::set<SpanId> parents_;
  wire::ByteBuffer data_, bytes_;
  std::vector<Line> lines_;
};

// An event of the span that the process was in when it ended.
void add_end(ProcessDump& dump) {
  const std::vector<Field> about = About(dump).take();
  SpanEventData event;
  const SpanData* in = nullptr;
  for (const SpanData& span : dump.batch.spans)
    if (in == nullptr || span.unfinished >= in->unfinished) in = &span;
  if (in != nullptr) {
    event.trace_id = in->trace_id;
    event.parent_id = in->span_id;
    event.parent_name = in->name;
  }
  event.name = "autospan.dump";
  event.time_unix_ns = dump.last_unix_ns;
  event.fields = {static_cast<std::uint32_t>(dump.batch.fields.size()),
                  static_cast<std::uint32_t>(about.size())};
  dump.batch.fields.insert(dump.batch.fields.end(), about.begin(), about.end());
  dump.batch.events.push_back(event);
}

}  // namespace

std::string dump_honeycomb(ProcessDump dump) {
  flatten(dump);
  for (const drain::CountedCalls& c : dump.counted)
    drain::append_counted(dump.batch, dump.batch.arena.keep(c.name), c.calls, dump.last_unix_ns);
  add_end(dump);
  Lines lines(dump);
  for (const SpanData& span : dump.batch.spans) lines.add(span);
  for (const SpanEventData& event : dump.batch.events) lines.add(event);
  for (const SpanLinkData& link : dump.batch.links) lines.add(link);
  return lines.in_order();
}

std::string dump_otlp(ProcessDump dump) {
  flatten(dump);
  // Known only once it is written, and said at its head: written again where there are some.
  wire::ByteBuffer out;
  const std::uint64_t homeless = wire::append_otlp_json(out, dump.batch, About(dump).with_counted().take());
  if (homeless == 0) return std::string(out.view());
  dump.loss.push_back(fmt::format("{} events or links of spans that are lost", homeless));
  out.clear();
  wire::append_otlp_json(out, dump.batch, About(dump).with_counted().take());
  return std::string(out.view());
}

std::string dump_chrome(ProcessDump dump) {
  flatten(dump);
  wire::ByteBuffer out;
  wire::append_chrome_trace(out, dump.batch, About(dump).with_counted().take());
  return std::string(out.view());
}

}  // namespace autospan::cli
