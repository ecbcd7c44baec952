#include "job_span.h"

#include <algorithm>
#include <map>

#include "catch.hpp"
#include "id_text.h"
#include "value_text.h"

using namespace autospan;
using namespace autospan::cli;

namespace {

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

constexpr char kIncoming[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

std::string field(const SpanBatch& batch, std::string_view key) {
  for (const Field& f : batch.fields)
    if (f.key == key) return value_text(f.value);
  return "(none)";
}

bool holds(const std::vector<std::string>& environment, const std::string& entry) {
  return std::find(environment.begin(), environment.end(), entry) != environment.end();
}

}  // namespace

TEST_CASE("a job without TRACEPARENT begins a trace of its own") {
  const JobContext a = make_job_context(environment_of({}));
  const JobContext b = make_job_context(environment_of({}));

  CHECK(a.trace_id.valid());
  CHECK_FALSE(a.parent_id.valid());
  CHECK(a.trace_id != b.trace_id);
  CHECK(a.run_id != b.run_id);
}

TEST_CASE("a job continues a valid TRACEPARENT and ignores garbage") {
  const JobContext child = make_job_context(environment_of({{"TRACEPARENT", kIncoming}}));
  const JobContext alone = make_job_context(environment_of({{"TRACEPARENT", "00-xyz"}}));

  CHECK(id_text(child.trace_id) == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(id_text(child.parent_id) == "00f067aa0ba902b7");
  CHECK_FALSE(alone.parent_id.valid());
}

TEST_CASE("the job's environment names its span, once") {
  const char* inherited[] = {"A=1",
                             "TRACEPARENT=garbage",
                             "TRACESTATE=x=y",
                             "AUTOSPAN_RUN=1",
                             "AUTOSPAN_DRAIN=thread",
                             "TRACEPARENTS=kept",
                             nullptr};
  JobContext context = make_job_context(environment_of({}));
  context.run_id = 0xab;

  const std::vector<std::string> drained = job_environment(inherited, context, JobDrain::kOutside);
  const std::vector<std::string> not_drained =
      job_environment(inherited, context, JobDrain::kInside);

  CHECK(drained ==
        std::vector<std::string>{
            "A=1", "TRACEPARENTS=kept",
            "TRACEPARENT=00-" + id_text(context.trace_id) + "-" + id_text(context.span_id) + "-01",
            "AUTOSPAN_DRAIN=outside", "AUTOSPAN_RUN=00000000000000ab"});
  CHECK_FALSE(holds(not_drained, "AUTOSPAN_DRAIN=outside"));
}

TEST_CASE("TRACESTATE goes with its TRACEPARENT, whose flags are passed on") {
  const char* inherited[] = {"TRACESTATE=x=y", nullptr};
  const JobContext context = make_job_context(environment_of({{"TRACEPARENT", kIncoming}}));

  const std::vector<std::string> environment =
      job_environment(inherited, context, JobDrain::kInside);

  CHECK(holds(environment, "TRACESTATE=x=y"));
  CHECK(environment.back().substr(environment.back().size() - 3) == "-00");
}

TEST_CASE("the root span tells how the job ended") {
  const JobContext context = make_job_context(environment_of({}));
  JobReport report;
  report.name = "nightly";
  report.program = "job";
  report.pid = 77;

  const SpanBatch well = job_span(context, report, environment_of({}));
  report.wait_status = 3 << 8;
  const SpanBatch failed = job_span(context, report, environment_of({}));
  report.wait_status = 9;
  const SpanBatch killed = job_span(context, report, environment_of({}));

  CHECK_FALSE(well.spans[0].error);
  CHECK(well.spans[0].name == "nightly");
  CHECK(well.resource->pid == 77);
  CHECK(field(well, "process.exit.code") == "0");
  CHECK(failed.spans[0].error);
  CHECK(field(failed, "process.exit.code") == "3");
  CHECK(killed.spans[0].error);
  CHECK(field(killed, "process.signal") == "9");
  CHECK(field(killed, "process.exit.code") == "(none)");
  CHECK(field(killed, "error.message") == "killed by SIGKILL");
}

TEST_CASE("the job's service is what OpenTelemetry's variables say, else its program") {
  const JobContext context = make_job_context(environment_of({}));
  JobReport report;
  report.program = "job";
  const std::string attributes = "service.name=from%20attributes,deployment.environment=prod";

  const auto service = [&](std::map<std::string, std::string> variables) {
    return job_span(context, report, environment_of(std::move(variables))).resource->service_name;
  };
  CHECK(service({}) == "job");
  CHECK(service({{"OTEL_RESOURCE_ATTRIBUTES", attributes}}) == "from attributes");
  CHECK(service({{"OTEL_RESOURCE_ATTRIBUTES", attributes}, {"OTEL_SERVICE_NAME", "named"}}) ==
        "named");
}
