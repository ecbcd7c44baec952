#include "drain/outside.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

#include "drain/drain_until.h"
#include "drain/dump.h"
#include "drain/lease.h"
#include "drain/sweep.h"

namespace autospan::drain {

OutsideDrain::~OutsideDrain() {
  for (const Source& s : sources_)
    if (s.drain) release_lease(s.drain->view());
}

// A ring that is being made has no magic yet: it is looked at again.
void OutsideDrain::discover() {
  for (const KeptRing& ring : list_rings()) {
    const bool known = std::any_of(sources_.begin(), sources_.end(),
                                   [&](const Source& s) { return s.path == ring.path; });
    if (known) continue;
    ring::OpenError error;
    std::string message;
    auto view = ring::RingView::open(ring.path, true, error, message);
    if (!view) continue;
    if (view->header().run_id != run_id_ || take_lease(*view) != Lease::kTaken) {
      sources_.push_back({ring.path, nullptr});
      continue;
    }
    ++counts_.rings;
    sources_.push_back({ring.path, std::make_unique<RingDrain>(std::move(view))});
  }
}

bool OutsideDrain::pass(Source& source) {
  const std::uint64_t lost = source.drain->counts().lost;
  const bool all = source.drain->pass(
      [&](SpanBatch&& batch) {
        counts_.spans += batch.spans.size();
        pipeline_.submit(batch);
      },
      [&] { return pipeline_.room(); });
  counts_.lost += source.drain->counts().lost - lost;
  tell_counted(source, false);
  return all;
}

void OutsideDrain::tell_counted(Source& source, bool last) {
  source.drain->tell_counted([&](SpanBatch&& batch) { pipeline_.submit(batch); }, last);
}

// True where no ring holds anything more for now.
bool OutsideDrain::drain_all() {
  discover();
  bool all = true;
  for (Source& s : sources_)
    if (s.drain) all &= pass(s);
  // A busy process must not take all the room every time.
  if (!all) std::rotate(sources_.begin(), sources_.begin() + 1, sources_.end());
  return all;
}

void OutsideDrain::poll() noexcept {
  try {
    drain_all();
  } catch (const std::exception& e) {
    trouble_ = e.what();
  }
}

void OutsideDrain::close(Source& source) {
  const ring::RingView& view = source.drain->view();
  ring::FileHeader& h = view.mutable_header();
  const bool exited = ring::load_acquire(h.state) == ring::kProcessExited;
  const bool runs_on = !exited && liveness(h.process) != Liveness::kDead;  // without us
  if (!runs_on && !h.unfinished_exported) {
    const std::uint64_t lost = source.drain->counts().lost;
    source.drain->close_unfinished([&](SpanBatch&& batch) {
      counts_.unfinished += batch.spans.size();
      pipeline_.submit(batch);
    });
    counts_.lost += source.drain->counts().lost - lost;
  }
  tell_counted(source, true);
  source.ended = !runs_on;
}

// The ring's spans are elsewhere now.
void OutsideDrain::settle(Source& source) {
  ring::FileHeader& h = source.drain->view().mutable_header();
  source.drain->settle();
  if (!source.ended) return;
  h.unfinished_exported = 1;
  const bool exited = ring::load_acquire(h.state) == ring::kProcessExited;
  if (exited && ring::load(h.exit_status) == 0) unlink(source.path.c_str());
}

void OutsideDrain::finish(std::chrono::steady_clock::time_point deadline) noexcept {
  try {
    drained_ = drain_until(deadline, pipeline_, [this] { return drain_all(); });
  } catch (const std::exception& e) {
    trouble_ = e.what();
  }
  try {
    for (Source& s : sources_)
      if (s.drain) close(s);
  } catch (const std::exception& e) {
    trouble_ = e.what();
  }
}

void OutsideDrain::release(bool delivered) noexcept {
  try {
    if (delivered && drained_)
      for (Source& s : sources_)
        if (s.drain) settle(s);
    sweep_rings(trouble_);
  } catch (const std::exception& e) {
    trouble_ = e.what();
  }
}

std::uint64_t make_run_id() {
  std::uint64_t id = 0;
  if (getrandom(&id, sizeof id, GRND_NONBLOCK) != ssize_t(sizeof id))
    id = std::uint64_t(std::chrono::steady_clock::now().time_since_epoch().count()) ^
         std::uint64_t(getpid()) << 40;
  return id ? id : 1;
}

std::string run_id_text(std::uint64_t run_id) { return fmt::format("{:016x}", run_id); }

}  // namespace autospan::drain
