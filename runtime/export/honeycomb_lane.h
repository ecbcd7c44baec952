// Honeycomb as a destination, on the caller's side: caps, encodes entries, hands them to the
// sender.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "export/cost_cap.h"
#include "export/encoder_cache.h"
#include "export/notices.h"
#include "export/pipeline.h"
#include "export/sender.h"
#include "wire/honeycomb_json.h"

namespace autospan::delivery {

class HoneycombLane {
 public:
  using Time = std::chrono::steady_clock::time_point;

  HoneycombLane(const ExportConfig& config, TransportFactory transport,
                std::shared_ptr<Books> books, Time now);

  // Whether the caps let it pass. If so, what EventJson writes of it goes where open() says, before
  // close(). Each item is counted here, whatever becomes of it.
  bool wants(const ProcessEncoder& process, const SpanData& span, Time now, Admission admission);
  bool wants(const ProcessEncoder& process, const SpanEventData& event, Time now, Admission);
  bool wants(const ProcessEncoder& process, const SpanLinkData& link, Time now, Admission);
  wire::ByteBuffer& open(const ProcessEncoder& process);
  void close(std::int64_t time_unix_ns, std::uint32_t samplerate, Admission admission);
  // What was offered since goes to the sender, with the summaries that are due.
  void commit(EncoderCache& encoders, Time now, bool all_summaries);
  // What was offered but not committed is lost: out of memory.
  void forget();

  Room room() const { return sender_.backlog().room(); }
  bool flush(Time deadline) { return sender_.flush(deadline); }
  void shutdown(Time deadline) { sender_.shutdown(deadline); }
  void abandon() { sender_.abandon(); }  // in a fork child

 private:
  bool admits(std::size_t entry_bytes, Admission admission);
  void append_summary(ProcessEncoder& process, const SpanBatch& batch, const SpanEventData& event);
  void hand_over();
  const std::shared_ptr<const Destination>& destination_of(const ProcessEncoder& process);

  const HoneycombConfig config_;
  std::shared_ptr<Books> books_;
  CostCap cap_;
  std::vector<std::shared_ptr<const Destination>> destinations_;
  std::shared_ptr<const Resource> destination_resource_;  // whose destination_ is the last found
  std::shared_ptr<const Destination> destination_;
  Batch open_;
  std::size_t entry_begin_ = 0;    // of the entry being written, in open_
  std::size_t last_bytes_ = 0;     // of the batch before
  bool capped_ = false;            // the item that was let pass last is to be marked
  wire::HoneycombEntry entry_;
  Sender sender_;
};

}  // namespace autospan::delivery
