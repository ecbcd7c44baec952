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

bool HoneycombLane::wants(const ProcessEncoder& process, const SpanData& span, Time now,
                          Admission admission) {
  const CostCap::Verdict verdict =
      cap_.judge(process.resource, span, now, admission == Admission::kAlways);
  capped_ = verdict == CostCap::Verdict::kPassCapped;
  if (verdict != CostCap::Verdict::kFold) return true;
  Counters::add(books_->counters.capped, 1);
  return false;
}

bool HoneycombLane::wants(const ProcessEncoder& process, const SpanEventData& event, Time now,
                          Admission) {
  capped_ = false;
  if (cap_.passes(process.resource, event, now)) return true;
  Counters::add(books_->counters.capped, 1);
  return false;
}

bool HoneycombLane::wants(const ProcessEncoder&, const SpanLinkData& link, Time now, Admission) {
  capped_ = false;
  if (cap_.passes(link, now)) return true;
  Counters::add(books_->counters.capped, 1);
  return false;
}

wire::ByteBuffer& HoneycombLane::open(const ProcessEncoder& process) {
  const auto& destination = destination_of(process);
  if (open_.destination != destination || open_.count() >= wire::kBatchEventsMax ||
      open_.bytes.size() >= kHandOverBytes) {
    hand_over();
    open_.destination = destination;
  }
  if (open_.bytes.empty()) open_.bytes.reserve(last_bytes_);
  open_.open_entry();
  entry_begin_ = open_.bytes.size();
  wire::HoneycombEntry::open(open_.bytes);
  return open_.bytes;
}

void HoneycombLane::close(std::int64_t time_unix_ns, std::uint32_t samplerate,
                          Admission admission) {
  if (capped_) {  // rare: the mark stands before what was written
    const std::string data(
        open_.bytes.view().substr(entry_begin_ + wire::HoneycombEntry::data_offset()));
    open_.bytes.shorten(open_.bytes.size() - data.size());
    wire::append_marked_object(open_.bytes, data, "meta.autospan.capped");
    capped_ = false;
  }
  entry_.close(open_.bytes, time_unix_ns, samplerate);
  const std::size_t bytes = open_.bytes.size() - entry_begin_;
  if (!admits(bytes, admission)) return open_.drop_entry();
  open_.close_entry();
  sender_.backlog().add(bytes + 1);
}

bool HoneycombLane::admits(std::size_t entry_bytes, Admission admission) {
  if (entry_bytes > wire::kEventBytesMax) {
    Counters::add(books_->counters.too_large, 1);
    books_->complain(Trouble::kTooLarge,
                     fmt::format("an event of {} bytes is over Honeycomb's {}; it is dropped",
                                 entry_bytes, wire::kEventBytesMax));
    return false;
  }
  if (admission == Admission::kAlways || sender_.backlog().admits(entry_bytes + 1)) return true;
  Counters::add(books_->counters.queue_full, 1);
  books_->complain(Trouble::kQueueFull,
                   fmt::format("{} events wait for {}; more are dropped",
                               sender_.backlog().items(), without_credentials(config_.endpoint)));
  return false;
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
  Counters::add(books_->counters.created, 1);
  process.json.append_event(open(process), batch, event);
  close(event.time_unix_ns, event.samplerate, Admission::kIfRoom);
}

void HoneycombLane::hand_over() {
  if (open_.count() == 0) return;
  last_bytes_ = open_.bytes.size();
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
