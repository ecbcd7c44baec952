// One entry of a Honeycomb /1/batch body: {"data":{…},"time":"…Z"(,"samplerate":n)}. The body is
// '[' + entries joined by ',' + ']'. decode_events.h reads it back.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/byte_buffer.h"

namespace autospan::wire {

// `data` is one object of EventJson. A samplerate of 1 is not said.
void append_honeycomb_entry(ByteBuffer& out, std::string_view data, std::int64_t time_unix_ns,
                            std::uint32_t samplerate);

// `data` with `"<name>":true` as its first member. An event's data is never empty.
void append_marked_object(ByteBuffer& out, std::string_view data, std::string_view name);

// A mark set on an event that is already encoded: the same in its data.
// `entry` must come from append_honeycomb_entry.
void append_marked_entry(ByteBuffer& out, std::string_view entry, std::string_view name);

}  // namespace autospan::wire
