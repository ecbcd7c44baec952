// The export pipeline: takes batches of SpanData, encodes them for every configured destination and
// delivers them. One pipeline a draining process: the traced program's drain thread, or the CLI's
// `run` and `export`.
//
//   SpanBatch ──submit──► encode ──► batcher ──► queue ──► sender thread ──► transport ──► outcome
//
// The caller's thread encodes and never waits for a network; files are written by the caller.
// Never throws. Memory is bounded (kQueueItemsMax spans, kQueueBytesMax); what does not fit is
// dropped, counted by reason and reported.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "autospan/span_data.h"

namespace autospan {

inline constexpr std::size_t kQueueItemsMax = 10'000;
inline constexpr std::size_t kQueueBytesMax = 32u << 20;

// Reads one environment variable; null = unset. Passed in so that tests and AT_SECURE decide.
using Environment = std::function<const char*(const char* name)>;

struct HoneycombConfig {
  std::string api_key;
  std::string endpoint;  // "https://api.honeycomb.io" by default, no trailing slash
  std::string dataset;   // classic keys: as configured; else from the service name
};

struct ExportConfig {
  bool honeycomb = false;
  bool local = false;
  bool console = false;
  std::vector<std::string> files;  // paths of file:PATH
  HoneycombConfig honeycomb_config;
  std::string store;           // directory of the local store; empty where local is false
  std::string export_library;  // AUTOSPAN_EXPORT_LIBRARY; empty = look beside what loads it
  std::uint32_t trace_spans_max = 32'000;  // AUTOSPAN_TRACE_SPANS_MAX, 0 = no limit
  std::uint32_t rate_max = 2'000;          // AUTOSPAN_EXPORT_RATE_MAX events/s, 0 = no limit
  std::chrono::milliseconds exit_deadline{2'000};  // AUTOSPAN_EXIT_DEADLINE

  bool any() const { return honeycomb || local || console || !files.empty(); }
};

// Reads the variables of design §6. Whatever is wrong is left out and said in `warnings`, one
// sentence each (what, which value, what to do); a key never appears in them.
ExportConfig read_export_config(const Environment& env, std::vector<std::string>& warnings);

// created = accepted + rejected + dropped (all reasons) + capped + (still queued), at any moment
// when no submit is running. In events (spans, span events, links), once for every destination.
struct ExportStats {
  std::uint64_t created = 0;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;  // the endpoint said no to this event
  std::uint64_t dropped_queue_full = 0;
  std::uint64_t dropped_send_failed = 0;  // retries exhausted, or unauthorised
  std::uint64_t dropped_too_large = 0;
  std::uint64_t dropped_exit = 0;          // not delivered by the exit deadline
  std::uint64_t dropped_write_failed = 0;  // a file or the store refused
  std::uint64_t capped = 0;                // folded into a summary event by a cost cap
  std::string last_error;                  // newest message, key masked

  std::uint64_t dropped() const {
    return dropped_queue_full + dropped_send_failed + dropped_too_large + dropped_exit +
           dropped_write_failed;
  }
  // Dropped, or still queued.
  std::uint64_t undelivered() const { return created - accepted - rejected - capped; }
};

// What submit takes without dropping any of it. Unlimited where nothing is queued: files.
struct Room {
  std::size_t events = SIZE_MAX, bytes = SIZE_MAX;
};

// The span of a whole job says what became of all the others: neither cap nor queue keeps it out.
enum class Admission { kIfRoom, kAlways };

class ExportPipeline {
 public:
  // Never null; a destination that cannot be opened (say, the export library is missing) is left
  // out with a warning and counts what it gets as dropped.
  static std::unique_ptr<ExportPipeline> open(ExportConfig config,
                                              std::vector<std::string>& warnings);
  virtual ~ExportPipeline() = default;

  // One thread at a time. Encodes everything before it returns: the batch may die afterwards.
  virtual void submit(const SpanBatch& batch,
                      Admission admission = Admission::kIfRoom) noexcept = 0;
  // Whoever drains a ring leaves there what has no room here. From any thread.
  virtual Room room() const noexcept = 0;
  // Sends what is queued, waits until it is answered or the deadline passes, or until it is clear
  // that no further try falls before it. True = all that was ever submitted is delivered: nothing
  // is queued and nothing was dropped. From any thread.
  virtual bool flush(std::chrono::steady_clock::time_point deadline) noexcept = 0;
  // Flushes, stops the threads, counts the rest as dropped_exit. True as of flush(): whoever holds
  // the spans' only other copy may let go of it. Idempotent.
  virtual bool shutdown(std::chrono::steady_clock::time_point deadline) noexcept = 0;
  virtual ExportStats stats() const = 0;
};

}  // namespace autospan
