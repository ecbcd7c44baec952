#include "export/cost_cap.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace autospan::delivery {
namespace {

std::uint64_t site_hash(std::string_view name, std::string_view function) {
  const std::hash<std::string_view> hash;
  return hash(name) * 0x9e3779b97f4a7c15u ^ hash(function);
}

// Nothing above it: the trace's only root, which may not be missing. The outermost spans of a
// process that continues a trace are many (one a thread, one a job's child): they cost like others.
bool is_root(const SpanData& span) { return !span.parent_id.valid(); }

// Where a process's part of a trace ends: what was folded of it can be told.
bool ends_its_part(const SpanData& span) { return span.local_root || is_root(span); }

}  // namespace

std::size_t CostCap::TraceHash::operator()(const TraceId& id) const {
  std::uint64_t half[2];
  std::memcpy(half, id.bytes.data(), sizeof half);
  return (half[0] ^ half[1]) * 0x9e3779b97f4a7c15u;
}

std::size_t CostCap::FoldHash::operator()(const FoldKey& key) const {
  return TraceHash()(key.trace) ^ key.site ^ reinterpret_cast<std::uintptr_t>(key.resource);
}

CostCap::CostCap(std::uint32_t trace_spans_max, std::uint32_t rate_max, Time now)
    : trace_spans_max_(trace_spans_max), rate_max_(rate_max), tokens_at_(now), checked_at_(now) {}

CostCap::Verdict CostCap::judge(const std::shared_ptr<const Resource>& resource,
                                const SpanData& span, Time now, bool always) {
  Trace& trace = trace_of(span.trace_id);
  const bool over_trace = trace_spans_max_ != 0 && trace.sent >= trace_spans_max_;
  const bool must_pass = always || span.error || (is_root(span) && trace.sent > 0);
  if (must_pass || (!over_trace && take_token(now, false))) {
    if (must_pass) take_token(now, true);
    ++trace.sent;
    return ends_its_part(span) ? pass_root(span, trace) : Verdict::kPass;
  }
  trace.folded = true;
  const FoldKey key{resource.get(), over_trace ? span.trace_id : TraceId{},
                    site_hash(span.name, span.code_function)};
  Fold* const fold =
      fold_of(key, resource, span.name, span.trace_id, span.parent_id, span.start_unix_ns, now);
  if (fold != nullptr) {
    fold->count += span.samplerate;
    fold->sum_ns += span.duration_ns * static_cast<std::int64_t>(span.samplerate);
    fold->max_ns = std::max(fold->max_ns, span.duration_ns);
  }
  return Verdict::kFold;
}

CostCap::Verdict CostCap::pass_root(const SpanData& span, const Trace& trace) {
  const bool capped = trace.folded;
  if (capped)
    for (auto& [key, fold] : folds_)
      if (fold.trace_id == span.trace_id) fold.due = summaries_due_ = true;
  return capped ? Verdict::kPassCapped : Verdict::kPass;
}

bool CostCap::passes(const std::shared_ptr<const Resource>& resource, const SpanEventData& event,
                     Time now) {
  if (take_token(now, false)) return true;
  const FoldKey key{resource.get(), TraceId{}, site_hash(event.name, "span event")};
  Fold* const fold =
      fold_of(key, resource, event.name, event.trace_id, event.parent_id, event.time_unix_ns, now);
  if (fold != nullptr) fold->count += event.samplerate;
  return false;
}

bool CostCap::passes(const SpanLinkData&, Time now) { return take_token(now, false); }

bool CostCap::take_token(Time now, bool even_if_none) {
  if (rate_max_ == 0) return true;
  const std::chrono::duration<double> passed = now - tokens_at_;
  tokens_ = std::min(kRateBurst, tokens_ + std::max(passed.count(), 0.0) * rate_max_);
  tokens_at_ = now;
  if (tokens_ < 1 && !even_if_none) return false;
  tokens_ = std::max(tokens_ - 1, -kRateBurst);  // errors may overdraw: others wait longer then
  return true;
}

CostCap::Trace& CostCap::trace_of(const TraceId& id) {
  if (const auto at = young_.find(id); at != young_.end()) return at->second;
  Trace trace;
  if (const auto at = old_.find(id); at != old_.end()) trace = at->second;
  if (young_.size() >= kTracesMax / 2) {
    old_.swap(young_);
    young_.clear();
  }
  return young_[id] = trace;
}

CostCap::Fold* CostCap::fold_of(const FoldKey& key, const std::shared_ptr<const Resource>& resource,
                                std::string_view name, const TraceId& trace, const SpanId& parent,
                                std::int64_t unix_ns, Time now) {
  const auto at = folds_.find(key);
  if (at != folds_.end()) return &at->second;
  if (folds_.size() >= kFoldsMax) return nullptr;  // counted as capped, told by no summary
  Fold fold;
  fold.resource = resource;
  fold.name = name;
  fold.trace_id = trace;
  fold.parent_id = parent;
  fold.first_unix_ns = unix_ns;
  fold.since = now;
  return &folds_.emplace(key, std::move(fold)).first->second;
}

std::vector<SpanBatch> CostCap::take_summaries(Time now, bool all) {
  const bool old_ones = now - checked_at_ >= kFoldInterval;
  if (folds_.empty() || !(all || old_ones || summaries_due_)) return {};
  if (old_ones) checked_at_ = now;
  summaries_due_ = false;
  std::vector<SpanBatch> batches;
  for (auto at = folds_.begin(); at != folds_.end();) {
    const Fold& fold = at->second;
    if (!all && !fold.due && now - fold.since < kFoldInterval) {
      ++at;
      continue;
    }
    auto batch = std::find_if(batches.begin(), batches.end(),
                              [&](const SpanBatch& b) { return b.resource == fold.resource; });
    if (batch == batches.end()) {
      batch = batches.emplace(batches.end());
      batch->resource = fold.resource;
    }
    SpanEventData event;
    event.trace_id = fold.trace_id;
    event.parent_id = fold.parent_id;
    event.name = batch->arena.keep(fold.name);
    event.time_unix_ns = fold.first_unix_ns;
    event.fields = {static_cast<std::uint32_t>(batch->fields.size()), 4};
    batch->fields.push_back({"meta.autospan.folded", Value::of(true)});
    batch->fields.push_back({"count", Value::of(fold.count)});
    batch->fields.push_back({"sum_ms", Value::of(static_cast<double>(fold.sum_ns) / 1e6)});
    batch->fields.push_back({"max_ms", Value::of(static_cast<double>(fold.max_ns) / 1e6)});
    batch->events.push_back(event);
    at = folds_.erase(at);
  }
  return batches;
}

}  // namespace autospan::delivery
