// What a pipeline takes from the world: tests put a clock that they turn and a transport that they
// script in its place.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "export/notices.h"
#include "export/pipeline.h"
#include "export/transport.h"

namespace autospan::delivery {

struct PipelineParts {
  Notices::Sink say = write_to_stderr;
  // Null: libautospan-export.so.
  TransportFactory transport;
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

std::unique_ptr<ExportPipeline> open_pipeline(ExportConfig config,
                                              std::vector<std::string>& warnings,
                                              PipelineParts parts);

}  // namespace autospan::delivery
