// A pipeline that keeps the names of what it takes, and has as much room as the test gives it.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "export/pipeline.h"

namespace autospan::test {

struct Taker : ExportPipeline {
  using Time = std::chrono::steady_clock::time_point;

  void submit(const SpanBatch& batch, Admission = Admission::kIfRoom) noexcept override {
    for (const SpanData& span : batch.spans) {
      names.emplace_back(span.name);
      stood_for[names.back()] += span.samplerate;
    }
    for (const SpanEventData& event : batch.events)
      for (std::uint32_t i = 0; i < event.fields.count; ++i)
        if (const Field& f = batch.fields[event.fields.begin + i];
            f.key == "count" || f.key == "meta.autospan.lost")
          counted[std::string(event.name)] += f.value.unsigned_integer;
    queued += batch.items();
    queued_most = std::max(queued_most, queued);
  }
  Room room() const noexcept override {
    return {queued < queue_max ? queue_max - queued : 0, bytes_max};
  }
  bool flush(Time) noexcept override {
    if (answers) queued = 0;
    return answers;
  }
  bool shutdown(Time deadline) noexcept override { return flush(deadline); }
  ExportStats stats() const override { return {}; }

  std::size_t queue_max = SIZE_MAX, bytes_max = SIZE_MAX;
  bool answers = true;
  std::size_t queued = 0, queued_most = 0;
  std::vector<std::string> names;
  std::map<std::string, std::uint64_t> stood_for, counted;  // by name
};

}  // namespace autospan::test
