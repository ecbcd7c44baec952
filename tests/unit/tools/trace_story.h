// A vocabulary for traces: spans by name, place and time in milliseconds, drawn as a reader sees
// them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "span_set.h"
#include "span_tree.h"
#include "waterfall.h"

namespace story {

using namespace autospan;

inline constexpr std::int64_t kBegin_ns = 1'800'000'000'000'000'000;  // 2027-01-15 08:00:00 UTC
inline constexpr std::int64_t kMs = 1'000'000;

class Story {
 public:
  explicit Story(std::string_view service = "billing") {
    auto resource = std::make_shared<Resource>();
    resource->service_name = service;
    resource->program = service;
    resource->pid = 4711;
    batch_->resource = std::move(resource);
    trace_.bytes = {0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  }

  static SpanId id(std::uint32_t number) {
    SpanId id;
    for (int i = 0; i < 4; ++i) id.bytes[7 - i] = static_cast<std::uint8_t>(number >> 8 * i);
    return id;
  }

  // parent 0 = a root.
  Story& span(std::string_view name, std::uint32_t number, std::uint32_t parent, double start_ms,
              double took_ms) {
    SpanData& span = batch_->spans.emplace_back();
    span.trace_id = trace_;
    span.span_id = id(number);
    span.parent_id = id(parent);
    span.name = batch_->arena.keep(name);
    span.start_unix_ns = kBegin_ns + static_cast<std::int64_t>(start_ms * kMs);
    span.duration_ns = static_cast<std::int64_t>(took_ms * kMs);
    span.fields.begin = static_cast<std::uint32_t>(batch_->fields.size());
    return *this;
  }
  Story& field(std::string_view key, Value value) {
    if (value.type == Value::Type::kText) value.text = batch_->arena.keep(value.text);
    batch_->fields.push_back({batch_->arena.keep(key), value});
    ++last().fields.count;
    return *this;
  }
  Story& field(std::string_view key, std::string_view text) { return field(key, Value::of(text)); }
  Story& field(std::string_view key, int number) {
    return field(key, Value::of(std::int64_t{number}));
  }
  Story& error(std::string_view message) {
    last().error = true;
    return field("exception.message", message);
  }
  Story& unfinished() { return last().unfinished = true, *this; }
  Story& event(std::string_view name, double at_ms) {
    SpanEventData& event = batch_->events.emplace_back();
    event.trace_id = trace_;
    event.parent_id = last().span_id;
    event.name = batch_->arena.keep(name);
    event.time_unix_ns = kBegin_ns + static_cast<std::int64_t>(at_ms * kMs);
    return *this;
  }
  Story& link(std::uint32_t number) {
    batch_->links.push_back({trace_, last().span_id, trace_, id(number), kBegin_ns, 1});
    return *this;
  }

  SpanData& last() { return batch_->spans.back(); }
  const TraceId& trace() const { return trace_; }
  const SpanBatch& batch() const { return *batch_; }

  cli::SpanSet set() const {
    cli::SpanSet set;
    set.add(*batch_);
    set.settle();
    return set;
  }
  // As `view` draws it, 80 columns wide. A leading newline, so that expectations start on a line of
  // their own.
  std::string drawn(cli::WaterfallOptions options = {80, false, false, false}) const {
    const cli::SpanSet spans = set();
    const cli::SpanTree tree = cli::build_tree(spans, cli::ParentElsewhere::kMissing);
    return "\n" + cli::waterfall(tree, spans, options);
  }

 private:
  std::unique_ptr<SpanBatch> batch_ = std::make_unique<SpanBatch>();
  TraceId trace_;
};

inline cli::WaterfallOptions with_fields() { return {80, false, false, true}; }
inline cli::WaterfallOptions unfolded() { return {80, false, true, false}; }

}  // namespace story
