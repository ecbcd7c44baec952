// A pipeline that takes everything and keeps the names.
#pragma once

#include <string>
#include <vector>

#include "export/pipeline.h"

namespace autospan::test {

struct Taker : ExportPipeline {
  void submit(const SpanBatch& batch) noexcept override {
    for (const SpanData& span : batch.spans) names.emplace_back(span.name);
  }
  bool flush(std::chrono::steady_clock::time_point) noexcept override { return true; }
  bool shutdown(std::chrono::steady_clock::time_point) noexcept override { return true; }
  ExportStats stats() const override { return {}; }

  std::vector<std::string> names;
};

}  // namespace autospan::test
