// The caller's side of the pipeline: every event is encoded once, then handed to each destination.
#include "export/pipeline.h"

#include <string.h>
#include <unistd.h>

#include <fmt/format.h>

#include "export/console.h"
#include "export/counters.h"
#include "export/encoder_cache.h"
#include "export/line_sink.h"
#include "export/pipeline_parts.h"
#include "export/store_directory.h"
#include "wire/child_memory.h"
#include "wire/ndjson.h"

namespace autospan {
namespace delivery {
namespace {

constexpr std::size_t kLinesBytesMax = 1u << 20;  // written at the latest then, not held back

class Pipeline final : public ExportPipeline {
 public:
  Pipeline(ExportConfig config, std::vector<std::string>& warnings, PipelineParts parts);
  void submit(const SpanBatch& batch) noexcept override;
  bool flush(std::chrono::steady_clock::time_point deadline) noexcept override;
  void shutdown(std::chrono::steady_clock::time_point deadline) noexcept override;
  ExportStats stats() const override { return counters_.snapshot(); }

 private:
  void encode(const SpanBatch& batch);
  void deliver(const ProcessEncoder& process, std::int64_t time_unix_ns, std::uint32_t samplerate);
  void write_lines();
  void write_console();
  void settle(std::atomic<std::uint64_t>& outcome, std::uint64_t n);
  std::size_t destinations() const { return sinks_.size() + (config_.console ? 1 : 0); }

  const ExportConfig config_;
  const pid_t owner_ = getpid();
  Counters counters_;
  Notices notices_;
  EncoderCache encoders_;
  wire::ChildMemory children_;
  std::vector<std::unique_ptr<LineSink>> sinks_;
  wire::ByteBuffer data_, lines_, console_;
  std::size_t lines_held_ = 0, console_held_ = 0;
  std::uint64_t unsettled_ = 0;  // deliveries of the batch in hand without an outcome yet
  bool shut_down_ = false;
};

Pipeline::Pipeline(ExportConfig config, std::vector<std::string>& warnings, PipelineParts parts)
    : config_(std::move(config)), notices_(std::move(parts.say)) {
  if (config_.local) {
    const std::string inbox = config_.store + "/" + std::string(kInboxName);
    if (!make_private_directory(inbox))
      warnings.push_back(fmt::format("local store: cannot create {}: {}; set AUTOSPAN_STORE to a "
                                     "directory you may write", inbox, strerror(errno)));
    sinks_.push_back(open_inbox(inbox));
  }
  for (const std::string& path : config_.files) sinks_.push_back(open_line_file(path));
}

void Pipeline::submit(const SpanBatch& batch) noexcept {
  if (getpid() != owner_ || batch.resource == nullptr) return;  // a fork child's copy is inert
  unsettled_ = batch.items() * destinations();
  Counters::add(counters_.created, unsettled_);
  if (shut_down_) return settle(counters_.exit, unsettled_);
  try {
    encode(batch);
    write_lines();
    write_console();
  } catch (...) {  // out of memory
    lines_.clear();
    console_.clear();
    lines_held_ = console_held_ = 0;
    settle(counters_.queue_full, unsettled_);
  }
}

void Pipeline::settle(std::atomic<std::uint64_t>& outcome, std::uint64_t n) {
  Counters::add(outcome, n);
  unsettled_ -= n;
}

void Pipeline::encode(const SpanBatch& batch) {
  ProcessEncoder& process = encoders_.of(batch.resource);
  for (const SpanEventData& event : batch.events) {
    data_.clear();
    process.json.append_event(data_, batch, event);
    deliver(process, event.time_unix_ns, event.samplerate);
    if (config_.console) append_console_event(console_, batch, event);
  }
  for (const SpanLinkData& link : batch.links) {
    data_.clear();
    process.json.append_link(data_, batch, link);
    deliver(process, link.time_unix_ns, link.samplerate);
  }
  for (const SpanData& span : batch.spans) {
    const bool had_children = children_.had_children(span.span_id);
    children_.note(span);
    data_.clear();
    process.json.append_span(data_, batch, span, wire::span_place(span, had_children));
    deliver(process, span.start_unix_ns, span.samplerate);
    if (config_.console) append_console_span(console_, batch, span);
  }
  console_held_ = config_.console ? batch.items() : 0;
}

void Pipeline::deliver(const ProcessEncoder& process, std::int64_t time_unix_ns,
                       std::uint32_t samplerate) {
  if (sinks_.empty()) return;
  wire::append_ndjson_line(lines_, data_.view(), time_unix_ns, samplerate, process.local_dataset);
  ++lines_held_;
  if (lines_.size() >= kLinesBytesMax) write_lines();
}

void Pipeline::write_lines() {
  if (lines_held_ == 0) return;
  for (const auto& sink : sinks_) {
    const LinesWritten written = sink->append(lines_.view());
    settle(counters_.accepted, written.lines);
    if (written.error == 0) continue;
    settle(counters_.write_failed, lines_held_ - written.lines);
    const std::string message =
        fmt::format("cannot write spans to {}: {}; they are dropped and counted", sink->place(),
                    strerror(written.error));
    counters_.set_last_error(message);
    notices_.once(Trouble::kWriteFailed, message);
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

bool Pipeline::flush(std::chrono::steady_clock::time_point) noexcept { return true; }

void Pipeline::shutdown(std::chrono::steady_clock::time_point) noexcept { shut_down_ = true; }

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
