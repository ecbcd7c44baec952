// JSON strings out of whatever bytes a program held: always valid JSON and valid UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/byte_buffer.h"
#include "wire/limits.h"

namespace autospan::wire {

// Writes `text` quoted and returns the end; null where something in it must not stay as it is. Room for
// it and both quotes is there.
char* put_plain_text(char* p, std::string_view text);

// Appends `text` quoted and escaped. Bytes that are not UTF-8 become U+FFFD. At most `bytes_max`
// bytes of it (counted as a reader will see them) are written, cut between two code points.
// Returns whether it was cut.
bool append_json_text(ByteBuffer& out, std::string_view text,
                      std::size_t bytes_max = kTextBytesMax);

}  // namespace autospan::wire
