// The two cost caps of design §6: spans a trace and events a second. What is above either is
// folded: a site's spans become one span event with their count, sum and maximum; errors always
// pass, and so does the root of a trace of which anything was sent, marked as capped.
//
// One thread; the clock is the caller's. Memory is bounded: kTracesMax, kFoldsMax.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "autospan/span_data.h"

namespace autospan::delivery {

inline constexpr double kRateBurst = 50'000;      // events at once, after a quiet while
inline constexpr std::size_t kTracesMax = 8'192;  // remembered at once, oldest half forgotten
inline constexpr std::size_t kFoldsMax = 4'096;   // sites being folded at once
inline constexpr std::chrono::seconds kFoldInterval{10};  // a summary is held back no longer

class CostCap {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Verdict {
    kPass,
    kPassCapped,  // a root whose trace lost spans to a cap
    kFold,
  };

  // 0 lifts a cap.
  CostCap(std::uint32_t trace_spans_max, std::uint32_t rate_max, Time now);

  Verdict judge(const std::shared_ptr<const Resource>& resource, const SpanData& span, Time now,
                bool always = false);
  // Span events and links: counted by rate only. A folded event is summed by its name, a link is
  // only gone.
  bool passes(const std::shared_ptr<const Resource>& resource, const SpanEventData& event,
              Time now);
  bool passes(const SpanLinkData& link, Time now);

  // Summaries to send now: of the traces whose root has passed, of all older than kFoldInterval, or
  // of all. A batch a resource.
  std::vector<SpanBatch> take_summaries(Time now, bool all);

 private:
  struct Trace {
    std::uint32_t sent = 0;
    bool folded = false;
  };
  struct FoldKey {
    const Resource* resource;
    TraceId trace;  // invalid: whatever trace, for the rate cap
    std::uint64_t site;
    bool operator==(const FoldKey& other) const {
      return resource == other.resource && site == other.site && trace == other.trace;
    }
  };
  struct FoldHash {
    std::size_t operator()(const FoldKey& key) const;
  };
  struct TraceHash {
    std::size_t operator()(const TraceId& id) const;
  };
  struct Fold {
    std::shared_ptr<const Resource> resource;
    std::string name;
    TraceId trace_id;  // of the first of them
    SpanId parent_id;
    std::int64_t first_unix_ns;
    std::uint64_t count = 0;  // of spans they stand for
    std::int64_t sum_ns = 0, max_ns = 0;
    Time since;
    bool due = false;
  };

  bool take_token(Time now, bool even_if_none);
  Trace& trace_of(const TraceId& id);
  Verdict pass_root(const SpanData& span, const Trace& trace);
  Fold* fold_of(const FoldKey& key, const std::shared_ptr<const Resource>& resource,
                std::string_view name, const TraceId& trace, const SpanId& parent,
                std::int64_t unix_ns, Time now);

  const std::uint32_t trace_spans_max_;
  const double rate_max_;
  double tokens_ = kRateBurst;
  Time tokens_at_;
  // Two generations: a trace asked for moves to the young; a full young becomes the old.
  std::unordered_map<TraceId, Trace, TraceHash> young_, old_;
  std::unordered_map<FoldKey, Fold, FoldHash> folds_;
  bool summaries_due_ = false;
  Time checked_at_;
};

}  // namespace autospan::delivery
