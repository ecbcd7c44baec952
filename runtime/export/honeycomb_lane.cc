#include "export/honeycomb_lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "export/dataset.h"
#include "export/message.h"
#include "wire/honeycomb_json.h"
#include "wire/limits.h"
#include "wire/version.h"

namespace autospan::delivery {
namespace {

constexpr std::size_t kDestinationsMax = 256;       // datasets of one pipeline that share batches
constexpr std::size_t kHandOverBytes = 256u << 10;  // the sender may start before a submit ends

std::string_view architecture() {
#if defined(__x86_64__)
  return "amd64";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "unknown";
#endif
}

std::vector<std::string> headers_of(const HoneycombConfig& config) {
  return {"X-Honeycomb-Team: " + config.api_key, "Content-Type: application/json",
          fmt::format("User-Agent: autospan/{} (linux/{})", wire::version(), architecture())};
}

}  // namespace

HoneycombLane::HoneycombLane(const ExportConfig& config, TransportFactory transport,
                             std::shared_ptr<Books> books, Time now)
    : config_(config.honeycomb_config),
      books_(std::move(books)),
      cap_(config.trace_spans_max, config.rate_max, now),
      sender_({without_credentials(config_.endpoint), config_.api_key}, std::move(transport),
              books_) {}

void HoneycombLane::offer(const ProcessEncoder& process, const SpanData& span,
                          std::string_view data, Time now, Admission admission) {
  switch (cap_.judge(process.resource, span, now, admission == Admission::kAlways)) {
    case CostCap::Verdict::kFold:
      return Counters::add(books_->counters.capped, 1);
    case CostCap::Verdict::kPassCapped:
      marked_.clear();
      wire::append_marked_object(marked_, data, "meta.autospan.capped");
      return append(process, marked_.view(), span.start_unix_ns, span.samplerate, admission);
    case CostCap::Verdict::kPass:
      return append(process, data, span.start_unix_ns, span.samplerate, admission);
  }
}

void HoneycombLane::offer(const ProcessEncoder& process, const SpanEventData& event,
                          std::string_view data, Time now, Admission admission) {
  if (!cap_.passes(process.resource, event, now)) return Counters::add(books_->counters.capped, 1);
  append(process, data, event.time_unix_ns, event.samplerate, admission);
}

void HoneycombLane::offer(const ProcessEncoder& process, const SpanLinkData& link,
                          std::string_view data, Time now, Admission admission) {
  if (!cap_.passes(link, now)) return Counters::add(books_->counters.capped, 1);
  append(process, data, link.time_unix_ns, link.samplerate, admission);
}

void HoneycombLane::append(const ProcessEncoder& process, std::string_view data,
                           std::int64_t time_unix_ns, std::uint32_t samplerate,
                           Admission admission) {
  entry_.clear();
  wire::append_honeycomb_entry(entry_, data, time_unix_ns, samplerate);
  if (entry_.size() > wire::kEventBytesMax) {
    Counters::add(books_->counters.too_large, 1);
    return books_->complain(
        Trouble::kTooLarge,
        fmt::format("an event of {} bytes is over Honeycomb's {}; it is dropped", entry_.size(),
                    wire::kEventBytesMax));
  }
  Backlog& backlog = sender_.backlog();
  if (admission == Admission::kIfRoom && !backlog.admits(entry_.size() + 1)) {
    Counters::add(books_->counters.queue_full, 1);
    return books_->complain(Trouble::kQueueFull,
                            fmt::format("{} events wait for {}; more are dropped", backlog.items(),
                                        without_credentials(config_.endpoint)));
  }
  const auto& destination = destination_of(process);
  if (open_.destination != destination || open_.count() >= wire::kBatchEventsMax ||
      open_.bytes.size() >= kHandOverBytes) {
    hand_over();
    open_.destination = destination;
  }
  open_.append(entry_.view());
  backlog.add(entry_.size() + 1);
}

void HoneycombLane::commit(EncoderCache& encoders, Time now, bool all_summaries) {
  for (const SpanBatch& batch : cap_.take_summaries(now, all_summaries)) {
    ProcessEncoder& process = encoders.of(batch.resource);
    for (const SpanEventData& event : batch.events) append_summary(process, batch, event);
  }
  hand_over();
}

void HoneycombLane::append_summary(ProcessEncoder& process, const SpanBatch& batch,
                                   const SpanEventData& event) {
  marked_.clear();
  process.json.append_event(marked_, batch, event);
  Counters::add(books_->counters.created, 1);
  append(process, marked_.view(), event.time_unix_ns, event.samplerate, Admission::kIfRoom);
}

void HoneycombLane::hand_over() {
  if (open_.count() == 0) return;
  sender_.enqueue(std::move(open_));
  open_ = Batch();
}

void HoneycombLane::forget() {
  sender_.backlog().settle(books_->counters.queue_full, open_.count(), open_.weight());
  open_ = Batch();
}

const std::shared_ptr<const Destination>& HoneycombLane::destination_of(
    const ProcessEncoder& process) {
  if (destination_resource_ == process.resource) return destination_;
  bool slash_replaced = false;
  const std::string& service = process.resource->service_name;
  const std::string dataset =
      honeycomb_dataset(config_.api_key, config_.dataset, service, &slash_replaced);
  if (slash_replaced)
    books_->notices.once(Trouble::kSlash,
                         fmt::format("a Honeycomb dataset cannot hold a slash: events of service "
                                     "'{}' go to '{}'",
                                     presentable(service, {}), presentable(dataset, {})));
  const auto same = std::find_if(destinations_.begin(), destinations_.end(),
                                 [&](const auto& d) { return d->dataset == dataset; });
  if (same != destinations_.end()) {
    destination_ = *same;
  } else {
    auto made = std::make_shared<Destination>();
    made->url = config_.endpoint + "/1/batch/" + escape_path_segment(dataset);
    made->headers = headers_of(config_);
    made->dataset = dataset;
    destination_ = std::move(made);
    if (destinations_.size() == kDestinationsMax) destinations_.erase(destinations_.begin());
    destinations_.push_back(destination_);
  }
  destination_resource_ = process.resource;
  return destination_;
}

}  // namespace autospan::delivery
