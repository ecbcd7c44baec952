// The drain inside a traced process: the body of the thread that the recorder makes. Ring → SpanData
// → pipeline, every 100 ms, when asked to flush, and once more at the end; in between it tends the
// switches. Nothing leaves by throwing.
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "drain/drain_until.h"
#include "drain/lease.h"
#include "drain/ring_drain.h"
#include "export/pipeline.h"
#include "ring/drain_host.h"

namespace autospan::drain {
namespace {

using Clock = std::chrono::steady_clock;
using ring::DrainHost;

constexpr std::chrono::milliseconds kHalfInterval{50};

std::uint32_t look(const std::uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }

void wait_for_wake(DrainHost& host, std::uint32_t seen) {
  const timespec timeout{0, kHalfInterval.count() * 1'000'000};
  syscall(SYS_futex, &host.wake, FUTEX_WAIT, seen, &timeout);
}

void say(const std::string& sentence) {
  const std::string line = fmt::format("autospan: {}\n", sentence);
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

class ProcessDrain {
 public:
  explicit ProcessDrain(DrainHost& host)
      : host_(host), drain_(ring::RingView::of_memory(host.base, host.map_bytes)) {
    std::vector<std::string> warnings;
    const bool secure = host.inherits_secure;
    ExportConfig config = read_export_config(
        [secure](const char* name) { return secure ? nullptr : std::getenv(name); }, warnings);
    deadline_ = config.exit_deadline;
    __atomic_store_n(&host.exit_deadline_ms, std::uint32_t(deadline_.count()), __ATOMIC_RELEASE);
    if (config.any() && take_lease(drain_.view()) == Lease::kTaken)
      pipeline_ = ExportPipeline::open(std::move(config), warnings);
    for (const std::string& warning : warnings) say(warning);
  }

  void run() {
    if (!pipeline_) return;
    while (!look(host_.stop)) {
      const std::uint32_t seen = look(host_.wake);
      pass();
      tell_counted(false);
      answer_flush();
      for (int half = 0; half < 2 && !look(host_.stop) && seen == look(host_.wake); ++half) {
        host_.tend();
        wait_for_wake(host_, seen);
      }
    }
    const Clock::time_point deadline = Clock::now() + deadline_;
    const bool drained = drain_until(deadline, *pipeline_, [this] { return pass(); });
    tell_counted(true);
    const bool delivered = pipeline_->shutdown(deadline) && drained;
    if (delivered) drain_.settle();
    release_lease(drain_.view());
    __atomic_store_n(&host_.delivered, delivered ? 1u : 0u, __ATOMIC_RELEASE);
  }

 private:
  bool pass() {
    return drain_.pass([this](SpanBatch&& batch) { pipeline_->submit(batch); },
                       [this] { return pipeline_->room(); });
  }
  void tell_counted(bool last) {
    drain_.tell_counted([this](SpanBatch&& batch) { pipeline_->submit(batch); }, last);
  }
  void answer_flush() {
    const std::uint32_t wanted = look(host_.flush_wanted);
    if (wanted == look(host_.flush_done)) return;
    const Clock::time_point deadline =
        Clock::now() + std::chrono::milliseconds(look(host_.flush_timeout_ms));
    const bool drained = drain_until(deadline, *pipeline_, [this] { return pass(); });
    pipeline_->flush(deadline);
    // A flush answers for what came after the one before it.
    const ExportStats stats = pipeline_->stats();
    const bool delivered = drained && stats.undelivered() == dropped_before_;
    dropped_before_ = stats.dropped();
    __atomic_store_n(&host_.flush_delivered, delivered ? 1u : 0u, __ATOMIC_RELEASE);
    __atomic_store_n(&host_.flush_done, wanted, __ATOMIC_RELEASE);
    syscall(SYS_futex, &host_.flush_done, FUTEX_WAKE, 0x7fffffff, nullptr);
  }

  DrainHost& host_;
  RingDrain drain_;
  std::unique_ptr<ExportPipeline> pipeline_;
  std::chrono::milliseconds deadline_{2000};
  std::uint64_t dropped_before_ = 0;  // when the last flush was answered
};

}  // namespace
}  // namespace autospan::drain

extern "C" __attribute__((visibility("default"))) void autospan_drain_v1_main(
    autospan::ring::DrainHost* host) {
  if (host->version != autospan::ring::kDrainHostVersion || host->bytes != sizeof *host) {
    autospan::drain::say("libautospan-drain.so is of another build than libautospan.so.1");
    return;
  }
  try {
    autospan::drain::ProcessDrain(*host).run();
  } catch (const std::exception& e) {
    autospan::drain::say(fmt::format("the drain thread ends: {}", e.what()));
  } catch (...) {
    autospan::drain::say("the drain thread ends: unknown exception");
  }
}
