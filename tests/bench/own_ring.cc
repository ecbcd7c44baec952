#include "own_ring.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace autospan::bench {

std::unique_ptr<ring::RingView> own_ring() {
  const char* directory = std::getenv("AUTOSPAN_RING_DIR");
  if (!directory) return nullptr;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    ring::OpenError error;
    std::string message;
    auto view = ring::RingView::open(entry.path(), true, error, message);
    if (view && view->header().process.pid == std::uint32_t(getpid())) return view;
  }
  return nullptr;
}

struct CommittedRecords::Sink final : ring::RecordSink {
  void take(const ring::Record&) override {}
};

CommittedRecords::CommittedRecords() : view_(own_ring()) {
  if (view_) reader_ = std::make_unique<ring::RingReader>(*view_);
}
CommittedRecords::~CommittedRecords() = default;

std::uint64_t CommittedRecords::take() {
  if (!reader_) return 0;
  Sink sink;
  while (reader_->read(sink, 1 << 20)) {
  }
  const std::uint64_t all = reader_->counts().records + reader_->counts().lost;
  const std::uint64_t since = all - before_;
  before_ = all;
  return since;
}

}  // namespace autospan::bench
