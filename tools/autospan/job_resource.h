// The resource of a job that may know nothing of autospan, by the order of design §6:
// OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, the executable's name. The same words that
// drain/resource.h reads from a ring.
#pragma once

#include <cstdint>
#include <string>

#include "autospan/span_data.h"
#include "export/pipeline.h"

namespace autospan::cli {

// `pid` is the job's: `process.pid` of the root span tells of the job, not of its wrapper.
Resource job_resource(const std::string& program, std::uint32_t pid, const Environment& env);

}  // namespace autospan::cli
