#include "job_span.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "drain/outside.h"
#include "export/losses.h"
#include "id_text.h"
#include "job_resource.h"
#include "model/traceparent.h"
#include "signal_text.h"

namespace autospan::cli {
namespace {

void fill_random(std::uint8_t* bytes, std::size_t count) {
  if (getrandom(bytes, count, GRND_NONBLOCK) == static_cast<ssize_t>(count)) return;
  std::random_device device;  // early boot: the CPU's own, or urandom
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(device());
}

// Appends to the batch, whose only span takes them all.
class Fields {
 public:
  explicit Fields(SpanBatch& batch) : batch_(batch) {}
  void add(std::string_view key, std::string_view text) {
    batch_.fields.push_back({key, Value::of(batch_.arena.keep(text))});
  }
  void add(std::string_view key, std::int64_t number) {
    batch_.fields.push_back({key, Value::of(number)});
  }
  void add(std::string_view key, bool flag) { batch_.fields.push_back({key, Value::of(flag)}); }
  void add_ms(std::string_view key, const timeval& time) {
    const double ms =
        static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    batch_.fields.push_back({key, Value::of(ms)});
  }

 private:
  SpanBatch& batch_;
};

void add_usage(Fields& fields, const rusage& usage) {
  fields.add_ms("process.rusage.utime_ms", usage.ru_utime);
  fields.add_ms("process.rusage.stime_ms", usage.ru_stime);
  fields.add("process.rusage.maxrss_kb", std::int64_t{usage.ru_maxrss});
  fields.add("process.rusage.minflt", std::int64_t{usage.ru_minflt});
  fields.add("process.rusage.majflt", std::int64_t{usage.ru_majflt});
  fields.add("process.rusage.inblock", std::int64_t{usage.ru_inblock});
  fields.add("process.rusage.oublock", std::int64_t{usage.ru_oublock});
  fields.add("process.rusage.nvcsw", std::int64_t{usage.ru_nvcsw});
  fields.add("process.rusage.nivcsw", std::int64_t{usage.ru_nivcsw});
}

// Returns whether that end is an error.
bool add_end(Fields& fields, const JobReport& report) {
  if (!report.start_error.empty()) {
    fields.add("process.exit.code", std::int64_t{report.start_code});
    fields.add("error.type", std::to_string(report.start_code));
    fields.add("error.message", report.start_error);
    return true;
  }
  if (WIFSIGNALED(report.wait_status)) {
    const int signal = WTERMSIG(report.wait_status);
    fields.add("process.signal", std::int64_t{signal});
    if (WCOREDUMP(report.wait_status)) fields.add("process.core_dumped", true);
    fields.add("error.type", signal_text(signal));
    fields.add("error.message", "killed by " + signal_text(signal));
    return true;
  }
  const int code = WEXITSTATUS(report.wait_status);
  fields.add("process.exit.code", std::int64_t{code});
  if (code == 0) return false;
  fields.add("error.type", std::to_string(code));
  fields.add("error.message", fmt::format("exit code {}", code));
  return true;
}

bool names(std::string_view entry, std::string_view variable) {
  return entry.size() > variable.size() && entry.substr(0, variable.size()) == variable &&
         entry[variable.size()] == '=';
}

}  // namespace

JobContext make_job_context(const Environment& env) {
  JobContext context;
  context.run_id = drain::make_run_id();
  const auto fresh = [](auto& id) {
    do fill_random(id.bytes.data(), id.bytes.size());
    while (id.bytes[0] ==
           0);  // never all zero, nor, of a trace, the first half: husky would cut it
  };
  fresh(context.span_id);
  autospan_v1_context incoming;
  const char* const text = env("TRACEPARENT");
  if (text == nullptr || !model::parse_traceparent(text, std::strlen(text), incoming)) {
    fresh(context.trace_id);
    return context;
  }
  std::memcpy(context.trace_id.bytes.data(), incoming.trace_id, sizeof incoming.trace_id);
  std::memcpy(context.parent_id.bytes.data(), incoming.span_id, sizeof incoming.span_id);
  context.flags = static_cast<std::uint8_t>(incoming.flags & 1);
  return context;
}

std::vector<std::string> job_environment(const char* const* inherited, const JobContext& context,
                                         JobDrain drain) {
  std::vector<std::string> out;
  for (const char* const* entry = inherited; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (names(text, "TRACEPARENT") || names(text, "AUTOSPAN_RUN") || names(text, "AUTOSPAN_DRAIN"))
      continue;
    if (drain == JobDrain::kNone && names(text, "AUTOSPAN_EXPORT")) continue;
    if (names(text, "TRACESTATE") && !context.parent_id.valid()) continue;
    out.emplace_back(text);
  }
  autospan_v1_context self{};
  std::memcpy(self.trace_id, context.trace_id.bytes.data(), sizeof self.trace_id);
  std::memcpy(self.span_id, context.span_id.bytes.data(), sizeof self.span_id);
  self.flags = context.flags;
  char traceparent[model::kTraceparentBytes];
  model::print_traceparent(self, traceparent);
  out.push_back("TRACEPARENT=" + std::string(traceparent, sizeof traceparent));
  if (drain == JobDrain::kNone) out.push_back("AUTOSPAN_EXPORT=none");
  if (drain == JobDrain::kOutside) {
    out.push_back("AUTOSPAN_DRAIN=outside");
    out.push_back("AUTOSPAN_RUN=" + drain::run_id_text(context.run_id));
  }
  return out;
}

SpanBatch job_span(const JobContext& context, const JobReport& report, const Environment& env) {
  SpanBatch batch;
  batch.resource = std::make_shared<const Resource>(job_resource(report.program, report.pid, env));
  SpanData span;
  span.trace_id = context.trace_id;
  span.span_id = context.span_id;
  span.parent_id = context.parent_id;
  span.name = batch.arena.keep(report.name);
  span.start_unix_ns = report.start_unix_ns;
  span.duration_ns = report.duration_ns;
  span.local_root = true;
  Fields fields(batch);
  fields.add("job.name", report.name);
  fields.add("job.run_id", drain::run_id_text(context.run_id));
  fields.add("process.executable.name", report.program);
  span.error = add_end(fields, report);
  if (report.start_error.empty()) add_usage(fields, report.usage);
  if (report.spans_lost != 0)
    fields.add("meta.autospan.lost", static_cast<std::int64_t>(report.spans_lost));
  for (const LossReason& reason : kLossReasons)
    if (const std::uint64_t count = report.exported.*reason.count)
      fields.add(reason.field, static_cast<std::int64_t>(count));
  span.fields = {0, static_cast<std::uint32_t>(batch.fields.size())};
  batch.spans.push_back(span);
  return batch;
}

}  // namespace autospan::cli
