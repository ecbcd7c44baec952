// One entry of a Honeycomb /1/batch body: {"data":{…},"time":"…Z"(,"samplerate":n)}. The body is
// '[' + entries joined by ',' + ']'. decode_events.h reads it back.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/byte_buffer.h"
#include "wire/time_memory.h"

namespace autospan::wire {

// An entry is written around its data, in the place from which it is sent: open(), one object of
// EventJson, close(). Not thread-safe.
class HoneycombEntry {
 public:
  static void open(ByteBuffer& out) { out.append(kOpen); }
  // A samplerate of 1 is not said.
  void close(ByteBuffer& out, std::int64_t time_unix_ns, std::uint32_t samplerate);
  // Where the data begins in an entry.
  static constexpr std::size_t data_offset() { return kOpen.size(); }

 private:
  static constexpr std::string_view kOpen = R"({"data":)";
  TimeMemory time_;
};

// `data` with `"<name>":true` as its first member. An event's data is never empty.
void append_marked_object(ByteBuffer& out, std::string_view data, std::string_view name);

// A mark set on an event that is already encoded: the same in its data.
// `entry` must be a HoneycombEntry.
void append_marked_entry(ByteBuffer& out, std::string_view entry, std::string_view name);

}  // namespace autospan::wire
