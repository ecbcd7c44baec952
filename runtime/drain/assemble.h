// From a ring's records to SpanData: names from the site table, ids from the thread's seed, times
// from the clock, values by their types.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autospan/span_data.h"
#include "drain/clock_map.h"
#include "drain/fields.h"
#include "drain/id_memory.h"
#include "drain/ready_site.h"
#include "ring/open_frames.h"
#include "ring/ring_reader.h"

namespace autospan::drain {

struct AssembleCounts {
  std::uint64_t trace_unknown = 0;   // its context was overwritten: it stands as a trace of its own
  std::uint64_t damaged = 0;         // payloads or sites that do not hold together
  std::uint64_t fields_pending_dropped = 0;  // long fields whose spans are lost, or past the bound
};

class Assembler final : public ring::RecordSink {
 public:
  explicit Assembler(const ring::RingView& view);

  // New sites, new anchors: before a pass, and now and then in a long one.
  void look();
  // From here on `batch` gets what the records tell.
  void begin(SpanBatch& batch);
  void take(const ring::Record& record) override;

  // Long fields come before their span's record and wait for it, in vain where it was overwritten
  // unread. A span that was not open before a pass, nor met in a pass that read everything, is lost.
  void mark_ended();
  void drop_ended();
  // No record comes any more: whatever still waits is lost.
  void drop_waiting();

  // A frame that is still open: its duration runs until `now_ticks`.
  SpanData open_span(const ring::ThreadInfo& thread, const ring::OpenFrame& frame,
                     std::uint64_t now_ticks);
  SpanData open_detached(const ring::DetachedFrame& frame, std::uint64_t now_ticks);

  const ring::SiteTable& sites() const { return sites_->table(); }
  const ClockMap& clock() const { return clock_; }
  const AssembleCounts& counts() const { return counts_; }
  // service= of the build, where some site names one.
  const std::string& service_of_sites() const { return service_; }

 private:
  struct Ids {
    TraceId trace;
    SpanId span, parent;
    std::uint64_t root = 0;          // the local root's number
    std::uint32_t rate = 1;
  };
  // A field that came as records of its own, before its span did.
  struct Pending {
    std::uint32_t key_id;
    std::string key;
    std::uint8_t type, flags;
    std::string bytes;
    std::uint64_t word;
    bool more;
  };
  struct Waiting {
    std::vector<Pending> fields;
    bool ended = false;  // its span was not open when the pass began
  };
  using SpanKey = std::pair<std::uint64_t, std::uint64_t>;  // thread uid, seq
  using WaitingFields = std::map<SpanKey, Waiting>;

  const ReadySite* site_of(std::uint32_t id);
  const ReadySite* newer_site(std::uint32_t id);
  Ids ids_of(const ring::ThreadInfo& thread, const ring::Slot& head, std::uint64_t seq);
  void read_span(SpanData& span, const ring::ThreadInfo& thread, const ring::Slot* slots,
                 std::uint32_t cells, std::uint64_t seq, std::uint64_t duration);
  void take_span(const ring::Record& record);
  void add_wait(SpanData& span);
  void add_idle(std::uint64_t idle_ticks, std::int64_t duration_ns);
  void take_detached(const ring::Record& record);
  static SpanId owner_of(const Ids& ids, const ring::Slot& head);
  void take_event(const ring::Record& record);
  void take_link(const ring::Record& record);
  void take_field(const ring::Record& record);
  void describe(SpanData& span, std::uint64_t head, const ReadySite* ready);
  void add_pending(SpanData& span, const SpanKey& key, const ring::Site* site);
  FieldMaker fields() { return {*batch_, sites_->table(), clock_, stacks_}; }
  WaitingFields::iterator drop(WaitingFields::iterator waiting);

  const ring::RingView& view_;
  Stacktraces stacks_{view_};
  std::shared_ptr<ReadySites> sites_;
  IdMemory ids_;
  ClockMap clock_;
  SpanBatch* batch_ = nullptr;
  bool looked_ = false;  // for sites, since the batch began
  WaitingFields pending_;
  std::size_t pending_bytes_ = 0;
  AssembleCounts counts_;
  std::string service_;
};

}  // namespace autospan::drain
