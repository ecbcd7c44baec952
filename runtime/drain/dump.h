// Everything a ring still tells, without taking or moving anything: of a dead process, or of a live
// one as of now. What `autospan dump` prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autospan/span_data.h"
#include "drain/fault.h"
#include "drain/identity.h"
#include "drain/ring_drain.h"
#include "ring/ring_view.h"

namespace autospan::drain {

// Calls of a site that no span stands for; `state` is a ring::CounterState.
struct CountedCalls {
  std::string name;
  std::uint64_t calls = 0;
  std::uint32_t state = 0;
};

struct ProcessDump {
  std::string path;
  Resource resource;
  ring::Identity identity{};
  Liveness liveness = Liveness::kUnknown;
  std::int64_t started_unix_ns = 0;   // when the process attached
  std::int64_t last_unix_ns = 0;      // last sign of life
  std::uint32_t state = 0;            // ring::ProcessState
  std::int32_t exit_status = -1;      // where state is exited; -1 = not known
  FatalSignal fatal;
  SpanBatch batch;                    // finished spans, events, links; fields of the open ones too
  std::vector<OpenSpan> open;         // thread by thread, outermost first; age = span.duration_ns
  std::vector<CountedCalls> counted;  // of sites over their budget: spans × rate + this = calls
  std::uint64_t lost = 0, damaged = 0;
  std::vector<std::string> loss, damage;  // a sentence each
};

// By site.
std::vector<CountedCalls> counted_calls(const ring::RingView& view, const ring::SiteTable& sites);

// kLive: whoever asks knows that the process lives. A copy (of a core file) does not go on with it.
enum class Source { kFile, kLive, kCopy };
ProcessDump read_dump(const ring::RingView& view, Source source = Source::kFile);

// Rings in the directories of this user, newest first.
struct KeptRing {
  std::string path;
  std::string program;
  std::uint32_t pid = 0;
  std::int64_t modified_unix_ns = 0;
  std::uint64_t bytes = 0;            // of storage
  Liveness liveness = Liveness::kUnknown;
};
std::vector<KeptRing> list_rings();
// The directories looked at, for messages.
std::vector<std::string> ring_directories();

}  // namespace autospan::drain
