// The caller's side of the pipeline: every event is encoded once, in the batch that goes out, and
// copied for each further destination.
#include "export/pipeline.h"

#include <fmt/format.h>
#include <string.h>
#include <unistd.h>

#include <mutex>

#include "export/console.h"
#include "export/encoder_cache.h"
#include "export/honeycomb_lane.h"
#include "export/line_sink.h"
#include "export/losses.h"
#include "export/notices.h"
#include "export/pipeline_parts.h"
#include "export/store_directory.h"
#include "wire/child_memory.h"
#include "wire/ndjson.h"

namespace autospan {
namespace delivery {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr std::size_t kLinesBytesMax = 1u << 20;  // written at the latest then, not held back

class Pipeline final : public ExportPipeline {
 public:
  Pipeline(ExportConfig config, std::vector<std::string>& warnings, PipelineParts parts);
  ~Pipeline() override;
  void submit(const SpanBatch& batch, Admission admission) noexcept override;
  Room room() const noexcept override {
    return honeycomb_ != nullptr ? honeycomb_->room() : Room();
  }
  bool flush(Time deadline) noexcept override;
  bool shutdown(Time deadline) noexcept override;
  ExportStats stats() const override { return books_->counters.snapshot(); }

 private:
  void open_local(std::vector<std::string>& warnings);
  void open_honeycomb(PipelineParts& parts, std::vector<std::string>& warnings);
  void encode(const SpanBatch& batch, Admission admission);
  template <typename Item, typename Encode>
  void deliver(const ProcessEncoder& process, const Item& item, std::int64_t time_unix_ns, Time now,
               Admission admission, Encode encode);
  void write_lines();
  void write_console();
  void settle(std::atomic<std::uint64_t>& outcome, std::uint64_t n);
  bool commit_all(Time deadline);
  void report_losses();
  bool all_delivered() const { return counters_.snapshot().undelivered() == 0; }
  // A fork child's copy is inert: its threads and locks are the parent's.
  bool is_ours() const { return getpid() == owner_; }
  std::size_t destinations() const {
    return sinks_.size() + (config_.console ? 1 : 0) + (config_.honeycomb ? 1 : 0);
  }

  const ExportConfig config_;
  const pid_t owner_ = getpid();
  const std::shared_ptr<Books> books_;
  Counters& counters_ = books_->counters;
  const std::function<Time()> now_;
  std::timed_mutex mutex_;  // over all that follows: flush may come from another thread
  EncoderCache encoders_;
  wire::ChildMemory children_;
  std::vector<std::unique_ptr<LineSink>> sinks_;
  std::unique_ptr<HoneycombLane> honeycomb_;  // null: not configured, or no library to send with
  wire::ByteBuffer data_, lines_, console_;
  std::size_t lines_held_ = 0, console_held_ = 0;
  std::uint64_t unsettled_ = 0;  // deliveries of the batch in hand that no destination has counted
  std::atomic<bool> shut_down_{false};
};

Pipeline::Pipeline(ExportConfig config, std::vector<std::string>& warnings, PipelineParts parts)
    : config_(std::move(config)),
      books_(std::make_shared<Books>(std::move(parts.say))),
      now_(std::move(parts.now)) {
  if (config_.local) open_local(warnings);
  for (const std::string& path : config_.files) sinks_.push_back(open_line_file(path));
  if (config_.honeycomb) open_honeycomb(parts, warnings);
}

Pipeline::~Pipeline() {
  if (is_ours())
    shutdown(now_());
  else if (honeycomb_ != nullptr)
    honeycomb_->abandon();
}

void Pipeline::open_local(std::vector<std::string>& warnings) {
  const std::string inbox = config_.store + "/" + std::string(kInboxName);
  if (!make_private_directory(inbox))
    warnings.push_back(fmt::format(
        "local store: cannot create {}: {}; set AUTOSPAN_STORE to a directory you may write", inbox,
        strerror(errno)));
  sinks_.push_back(open_inbox(inbox));
}

void Pipeline::open_honeycomb(PipelineParts& parts, std::vector<std::string>& warnings) {
  TransportFactory transport = std::move(parts.transport);
  if (transport == nullptr) {
    std::string path = find_export_library(config_.export_library);
    if (path.empty()) {
      warnings.push_back(
          "libautospan-export.so is not where autospan's libraries are, so nothing can be sent to "
          "Honeycomb; install it, or name it in AUTOSPAN_EXPORT_LIBRARY");
      return;
    }
    transport = [path = std::move(path)](std::string& error) {
      return open_export_library(path, error);
    };
  }
  honeycomb_ = std::make_unique<HoneycombLane>(config_, std::move(transport), books_, now_());
}

void Pipeline::submit(const SpanBatch& batch, Admission admission) noexcept {
  if (!is_ours() || batch.resource == nullptr) return;
  const std::lock_guard lock(mutex_);
  unsettled_ = batch.items() * destinations();
  Counters::add(counters_.created, unsettled_);
  if (shut_down_) return settle(counters_.exit, unsettled_);
  try {
    encode(batch, admission);
    write_lines();
    write_console();
    if (honeycomb_ != nullptr) honeycomb_->commit(encoders_, now_(), false);
  } catch (...) {  // out of memory
    lines_.clear();
    console_.clear();
    lines_held_ = console_held_ = 0;
    if (honeycomb_ != nullptr) honeycomb_->forget();
    settle(counters_.queue_full, unsettled_);
  }
}

void Pipeline::settle(std::atomic<std::uint64_t>& outcome, std::uint64_t n) {
  Counters::add(outcome, n);
  unsettled_ -= n;
}

void Pipeline::encode(const SpanBatch& batch, Admission admission) {
  ProcessEncoder& process = encoders_.of(batch.resource);
  const Time now = now_();
  for (const SpanEventData& event : batch.events) {
    deliver(process, event, event.time_unix_ns, now, admission,
            [&](wire::ByteBuffer& out) { process.json.append_event(out, batch, event); });
    if (config_.console) append_console_event(console_, batch, event);
  }
  for (const SpanLinkData& link : batch.links)
    deliver(process, link, link.time_unix_ns, now, admission,
            [&](wire::ByteBuffer& out) { process.json.append_link(out, batch, link); });
  for (const SpanData& span : batch.spans) {
    if (&span != &batch.spans.back()) children_.expect((&span + 1)->span_id);
    const wire::SpanPlace place = wire::span_place(span, children_.had_children(span.span_id));
    children_.note(span);
    deliver(process, span, span.start_unix_ns, now, admission,
            [&](wire::ByteBuffer& out) { process.json.append_span(out, batch, span, place); });
    if (config_.console) append_console_span(console_, batch, span);
  }
  console_held_ = config_.console ? batch.items() : 0;
}

template <typename Item, typename Encode>
void Pipeline::deliver(const ProcessEncoder& process, const Item& item, std::int64_t time_unix_ns,
                       Time now, Admission admission, Encode encode) {
  const bool sent = honeycomb_ != nullptr && honeycomb_->wants(process, item, now, admission);
  if (sent || !sinks_.empty()) {
    data_.clear();
    wire::ByteBuffer& out = sent ? honeycomb_->open(process) : data_;
    const std::size_t begin = out.size();
    encode(out);
    if (!sinks_.empty()) {
      wire::append_ndjson_line(lines_, out.view().substr(begin), time_unix_ns, item.samplerate,
                               process.local_dataset);
      ++lines_held_;
    }
  }
  if (sent) honeycomb_->close(time_unix_ns, item.samplerate, admission);
  if (honeycomb_ != nullptr)
    --unsettled_;
  else if (config_.honeycomb)
    settle(counters_.send_failed, 1);
  if (lines_.size() >= kLinesBytesMax) write_lines();
}

void Pipeline::write_lines() {
  if (lines_held_ == 0) return;
  for (const auto& sink : sinks_) {
    const LinesWritten written = sink->append(lines_.view());
    settle(counters_.accepted, written.lines);
    if (written.error == 0) continue;
    settle(counters_.write_failed, lines_held_ - written.lines);
    books_->complain(Trouble::kWriteFailed,
                     fmt::format("cannot write spans to {}: {}; they are dropped and counted",
                                 sink->place(), strerror(written.error)));
  }
  lines_.clear();
  lines_held_ = 0;
}

void Pipeline::write_console() {
  if (console_held_ == 0) return;
  const bool whole = append_whole_lines(STDERR_FILENO, console_.view()).error == 0;
  settle(whole ? counters_.accepted : counters_.write_failed, console_held_);
  console_.clear();
  console_held_ = 0;
}

// Lines are written by submit; what may be held back are the cost caps' summaries.
bool Pipeline::commit_all(Time deadline) {
  const std::unique_lock lock(mutex_, deadline);
  if (!lock.owns_lock()) return false;
  if (honeycomb_ == nullptr || shut_down_) return true;
  try {
    honeycomb_->commit(encoders_, now_(), true);
  } catch (...) {
    honeycomb_->forget();
  }
  return true;
}

bool Pipeline::flush(Time deadline) noexcept {
  if (!is_ours()) return false;
  if (!commit_all(deadline)) return false;
  if (honeycomb_ != nullptr && !shut_down_) honeycomb_->flush(deadline);
  return all_delivered();
}

bool Pipeline::shutdown(Time deadline) noexcept {
  if (!is_ours()) return false;
  commit_all(deadline);
  if (!shut_down_.exchange(true)) {
    if (honeycomb_ != nullptr) honeycomb_->shutdown(deadline);
    report_losses();
  }
  return all_delivered();
}

void Pipeline::report_losses() try {
  if (const std::string losses = losses_text(counters_.snapshot()); !losses.empty())
    books_->notices.once(Trouble::kLosses, losses);
} catch (...) {  // out of memory
}

}  // namespace

void write_to_stderr(std::string_view line) {
  [[maybe_unused]] const ssize_t n = write(STDERR_FILENO, line.data(), line.size());
}

std::unique_ptr<ExportPipeline> open_pipeline(ExportConfig config,
                                              std::vector<std::string>& warnings,
                                              PipelineParts parts) {
  return std::make_unique<Pipeline>(std::move(config), warnings, std::move(parts));
}

}  // namespace delivery

std::unique_ptr<ExportPipeline> ExportPipeline::open(ExportConfig config,
                                                     std::vector<std::string>& warnings) {
  return delivery::open_pipeline(std::move(config), warnings, {});
}

}  // namespace autospan
