// The twin of honeycomb_json and ndjson: events back into SpanData. Reads the inbox, the journal
// and whatever else claims to be such lines; every byte is untrusted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "autospan/span_data.h"
#include "wire/json_reader.h"

namespace autospan::wire {

// Events of one process and one dataset. The resource has service_name, hostname and pid; resource
// attributes cannot be told from a span's own fields any more and stand among those.
struct DecodedGroup {
  std::string dataset;
  SpanBatch batch;
};

class EventDecoder {
 public:
  enum class Outcome {
    kSpan,
    kEvent,
    kLink,
    kForeign,  // JSON, but not a span, span event or link with ids of W3C form
    kDamaged,  // not JSON, or not {"data":{…}, "time":…}
  };
  // One NDJSON line or one entry of a batch. Members in any order; unknown ones are passed over.
  Outcome add(std::string_view line);
  // A whole file's lines. A last line without newline counts like any other. Empty lines are none.
  void add_lines(std::string_view text);
  // A /1/batch body: an array of entries. False if the array itself is damaged.
  bool add_batch(std::string_view body);

  std::uint64_t damaged() const { return damaged_; }
  std::uint64_t foreign() const { return foreign_; }
  // What was added so far, in order of first appearance. The decoder starts anew.
  std::vector<DecodedGroup> take();

 private:
  struct Draft;
  Outcome read_event(JsonReader& json, JsonReader::Token first);
  bool read_envelope(JsonReader& json, Draft& draft);
  bool read_data(JsonReader& json, Draft& draft);
  bool read_field(JsonReader& json, std::string_view key, Draft& draft);
  Outcome store(Draft& draft);
  DecodedGroup& group_of(const Draft& draft);
  std::string_view keep(JsonReader& json);

  std::vector<DecodedGroup> groups_;
  std::unordered_map<std::string, std::size_t> index_;
  std::string key_;  // of the last group, reused
  std::size_t last_ = 0;
  std::shared_ptr<Arena> arena_ = std::make_shared<Arena>();
  std::vector<Field> fields_;
  std::uint64_t damaged_ = 0;
  std::uint64_t foreign_ = 0;
};

}  // namespace autospan::wire
