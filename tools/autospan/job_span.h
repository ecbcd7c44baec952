// The root span of a job under `autospan run`: no ring, no recorder, a SpanData for the pipeline.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "autospan/span_data.h"
#include "export/pipeline.h"

namespace autospan::cli {

// Known before the job starts: it is told in TRACEPARENT.
struct JobContext {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_id;  // of an incoming TRACEPARENT
  std::uint8_t flags = 1;
  std::uint64_t run_id = 0;
};
// Continues a valid TRACEPARENT of `env`; garbage is as good as none.
JobContext make_job_context(const Environment& env);

enum class JobDrain {
  kOutside,  // by us
  kInside,   // as the job's environment says
  kNone,     // what that says is of no use, and is said: the job's recorder need not say it again
};

// The job's environment: `inherited` with TRACEPARENT, and where we drain AUTOSPAN_DRAIN and
// AUTOSPAN_RUN. A TRACESTATE without its TRACEPARENT is left out, as W3C asks.
std::vector<std::string> job_environment(const char* const* inherited, const JobContext& context,
                                         JobDrain drain);

struct JobReport {
  std::string name;       // of the span: --name, else the program
  std::string program;    // executable's file name
  std::uint32_t pid = 0;  // 0 = there was no process
  std::int64_t start_unix_ns = 0;
  std::int64_t duration_ns = 0;
  int wait_status = 0;
  std::string start_error;  // why it did not start; empty = it did
  int start_code = 0;       // the code we leave with then
  rusage usage{};
  std::uint64_t spans_lost = 0;  // overwritten before they were read
  ExportStats exported;          // what became of its spans, as far as is known
};

// A batch of one span.
SpanBatch job_span(const JobContext& context, const JobReport& report, const Environment& env);

}  // namespace autospan::cli
