// autospan run: a job, its spans and its end as one trace. Whatever fails in autospan, the job
// runs.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <exception>

#include "command_line.h"
#include "drain/outside.h"
#include "environment.h"
#include "export/store_directory.h"
#include "job.h"
#include "job_span.h"
#include "message.h"

namespace autospan::cli {
namespace {

constexpr std::chrono::milliseconds kPollEvery{50};

struct RunOptions {
  std::string name;
  Arguments command;
};

// Options end at `--`, or at the first word that is none: what follows is the job's, byte by byte
// (CLI11 would take `[a,b]` apart).
std::size_t command_begin(const CLI::App& app, const Arguments& arguments) {
  std::size_t i = 0;
  for (; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--" || word.size() < 2 || word[0] != '-') break;
    const CLI::Option* const option = app.get_option_no_throw(word);
    if (option != nullptr && option->get_items_expected_min() > 0) ++i;  // its value
  }
  return std::min(i, arguments.size());
}

std::optional<int> read_options(const Arguments& arguments, RunOptions& options) {
  VerbApp app("run", "Runs a job: its spans and its end become one trace.");
  app.add_option("--name", options.name, "the job's name (default: the program's)")
      ->type_name("NAME");
  app.footer(
      "The job gets the terminal, descriptors, process group and signals as if it were started\n"
      "directly, and TRACEPARENT in its environment. Spans go where AUTOSPAN_EXPORT says\n"
      "(honeycomb, local, file:PATH, console, none), else to Honeycomb where HONEYCOMB_API_KEY is\n"
      "set, else to the local store: `autospan view --last` shows it.\n\n"
      "Exit code: the job's own, and its own signal; 125 usage, 126 not executable, 127 not "
      "found.");
  const std::size_t begin = command_begin(app, arguments);
  if (const auto end =
          parse(app, {arguments.begin(), arguments.begin() + std::ptrdiff_t(begin)}, kRunFailed))
    return end;
  const std::size_t marker = begin < arguments.size() && arguments[begin] == "--";
  options.command.assign(arguments.begin() + std::ptrdiff_t(begin + marker), arguments.end());
  if (options.command.empty() || options.command[0].empty()) {
    complain("run: there is no command; write `autospan run -- CMD [arguments]`");
    return kRunFailed;
  }
  return std::nullopt;
}

// What is wrong with it is said and comes back as `warnings`.
ExportConfig read_config(std::vector<std::string>& warnings) {
  ExportConfig config = read_export_config(environment, warnings);
  const char* const named = environment("AUTOSPAN_EXPORT");
  if (!config.any() && (named == nullptr || *named == '\0')) {
    config.store = store_directory(environment);
    config.local = !config.store.empty();
  }
  for (const std::string& warning : warnings) complain("run: {}", warning);
  return config;
}

// What the wrapper does beside waiting. Each step may fail alone: the job does not know.
class Recording {
 public:
  Recording(ExportConfig config, const JobContext& context)
      : exit_deadline_(config.exit_deadline), context_(context) {
    std::vector<std::string> warnings;
    pipeline_ = ExportPipeline::open(std::move(config), warnings);
    for (const std::string& warning : warnings) complain("run: {}", warning);
    drain_ = std::make_unique<drain::OutsideDrain>(context.run_id, *pipeline_);
  }

  void poll() noexcept { drain_->poll(); }

  void finish(JobReport& report) noexcept {
    const auto begun = std::chrono::steady_clock::now();
    // The job's own span tells what became of the others, and needs some of the time itself.
    const auto spans_deadline = begun + exit_deadline_ * 3 / 4;
    try {
      drain_->finish(spans_deadline);
      pipeline_->flush(spans_deadline);
      report.spans_lost = drain_->counts().lost;
      report.exported = pipeline_->stats();
      pipeline_->submit(job_span(context_, report, environment), Admission::kAlways);
    } catch (const std::exception& error) {
      complain("run: the job's end is not recorded: {}", error.what());
    }
    drain_->release(pipeline_->shutdown(begun + exit_deadline_));
    if (!drain_->trouble().empty()) complain("run: {}", printable(drain_->trouble()));
  }

 private:
  const std::chrono::milliseconds exit_deadline_;
  const JobContext context_;
  std::unique_ptr<ExportPipeline> pipeline_;
  std::unique_ptr<drain::OutsideDrain> drain_;
};

// All that is needed before the job can start.
struct Plan {
  ExportConfig config;
  JobContext context;
  std::vector<std::string> environment;
};

std::unique_ptr<Recording> open_recording(const Plan& plan) {
  if (!plan.config.any()) return nullptr;
  try {
    return std::make_unique<Recording>(plan.config, plan.context);
  } catch (const std::exception& error) {
    complain("run: the job runs without being recorded: {}", error.what());
    return nullptr;
  }
}

std::int64_t now_ns(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

int code_of_start(Job::Start start, int error) {
  if (start == Job::Start::kNoProcess) return kRunFailed;
  return error == ENOENT ? kNotFound : kNotExecutable;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::optional<Plan> make_plan() {
  try {
    std::vector<std::string> warnings;
    Plan plan{read_config(warnings), make_job_context(environment), {}};
    const JobDrain drain = plan.config.any()  ? JobDrain::kOutside
                           : warnings.empty() ? JobDrain::kInside
                                              : JobDrain::kNone;
    plan.environment = job_environment(environ, plan.context, drain);
    return plan;
  } catch (const std::exception& error) {
    complain("run: the job runs without being recorded: {}", error.what());
    return std::nullopt;
  }
}

// Returns the job's wait status, or the code to leave with where it did not start.
struct JobOutcome {
  bool ran = false;
  int status = 0;
};

JobOutcome run_job(const RunOptions& options, const Plan& plan) {
  JobReport report;
  report.program = file_name(options.command[0]);
  report.name = options.name.empty() ? report.program : options.name;
  report.start_unix_ns = now_ns(CLOCK_REALTIME);
  const std::int64_t begun_ns = now_ns(CLOCK_MONOTONIC);

  Job job;
  const Job::Start start = job.start(options.command, plan.environment);
  const bool ran = start == Job::Start::kRunning;
  if (!ran) {
    report.start_code = code_of_start(start, job.start_errno());
    report.start_error = fmt::format("cannot run '{}': {}", printable(options.command[0]),
                                     std::strerror(job.start_errno()));
    complain("run: {}", report.start_error);
  }
  const std::unique_ptr<Recording> recording = open_recording(plan);
  while (ran && !job.wait(kPollEvery))
    if (recording) recording->poll();
  report.pid = ran ? static_cast<std::uint32_t>(job.pid()) : 0;
  report.duration_ns = now_ns(CLOCK_MONOTONIC) - begun_ns;
  report.wait_status = job.wait_status();
  report.usage = job.usage();
  if (recording) recording->finish(report);
  return {ran, ran ? report.wait_status : report.start_code};
}

// Off is off: no wrapper either.
int become_the_command(const Arguments& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
  const int error = errno;
  complain("run: cannot run '{}': {}", printable(command[0]), std::strerror(error));
  return code_of_start(Job::Start::kNotExecuted, error);
}

}  // namespace

int run_verb(const Arguments& arguments) {
  RunOptions options;
  if (const auto end = read_options(arguments, options)) return *end;
  const char* const mode = environment("AUTOSPAN");
  if (mode != nullptr && std::strcmp(mode, "off") == 0) return become_the_command(options.command);
  const std::optional<Plan> plan = make_plan();
  if (!plan) return become_the_command(options.command);
  const JobOutcome outcome = run_job(options, *plan);
  return outcome.ran ? end_like(outcome.status) : outcome.status;
}

}  // namespace autospan::cli
