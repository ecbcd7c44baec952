// The one line of file, inbox and journal:
//   {"time":"…Z","samplerate":n,"dataset":"…","data":{…}}\n
// decode_events.h reads it back.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/byte_buffer.h"

namespace autospan::wire {

// `data` is one object of EventJson, in which no newline is possible: JSON escapes them.
void append_ndjson_line(ByteBuffer& out, std::string_view data, std::int64_t time_unix_ns,
                        std::uint32_t samplerate, std::string_view dataset);

}  // namespace autospan::wire
