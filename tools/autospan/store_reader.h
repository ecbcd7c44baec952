// The local store's inbox, read in two passes: which traces are there, then one of them. Only that
// trace is ever held in memory, however large the store. The later DuckDB store replaces this.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "span_set.h"
#include "wire/decode_events.h"

namespace autospan::cli {

// Why that store's inbox cannot be read, as errno; 0 = it can.
int inbox_error(const std::string& store);

// The *.ndjson segments in `directory`/inbox for each directory, oldest name first.
std::vector<std::string> find_segments(const std::vector<std::string>& directories);

struct TraceSummary {
  std::int64_t first_ns = INT64_MAX;  // start of the first span
  std::int64_t root_ns = INT64_MIN;   // start of the root; INT64_MIN = no root was delivered
  std::uint64_t spans = 0;
  std::int64_t begins_ns() const { return root_ns != INT64_MIN ? root_ns : first_ns; }
};

struct StoreContents {
  std::map<TraceId, TraceSummary> traces;
  std::uint64_t damaged = 0;            // lines that are no JSON events
  std::vector<std::string> unreadable;  // segments, a sentence each
};
StoreContents survey(const std::vector<std::string>& segments);

// The groups keep what `set` refers to.
struct StoredTrace {
  std::vector<wire::DecodedGroup> groups;
  SpanSet set;  // settled
};
StoredTrace read_trace(const std::vector<std::string>& segments, const TraceId& trace);

}  // namespace autospan::cli
