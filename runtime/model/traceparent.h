// W3C trace-context's traceparent (https://www.w3.org/TR/trace-context/#traceparent-header), read
// and written. No allocation and no std, since the recorder reads one at attach.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "autospan/abi.h"
#include "model/hex.h"

namespace autospan::model {

inline constexpr size_t kTraceparentBytes = 55;

namespace detail {
// Lower-case hex only, as the specification asks. False = something else.
inline bool parse_hex(const char* text, size_t bytes, uint8_t* out) {
  for (size_t i = 0; i < 2 * bytes; ++i) {
    const int value = text[i] >= 'A' && text[i] <= 'F' ? -1 : hex_value(text[i]);
    if (value < 0) return false;
    out[i / 2] = uint8_t(out[i / 2] << 4 | value);
  }
  return true;
}
inline void print_hex(const uint8_t* bytes, size_t count, char* out) {
  for (size_t i = 0; i < count; ++i) out = put_hex_byte(out, bytes[i]);
}
inline bool all_zero(const uint8_t* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (bytes[i]) return false;
  return true;
}
}  // namespace detail

// False, with `out` untouched, for anything that is not a valid traceparent: version ff, upper-case,
// all-zero ids, a version 00 of another length. Later versions may carry more behind a dash.
inline bool parse_traceparent(const char* text, size_t length, autospan_v1_context& out) {
  if (length < kTraceparentBytes) return false;
  autospan_v1_context c{};
  uint8_t version = 0, flags = 0;
  if (!detail::parse_hex(text, 1, &version) || text[2] != '-' ||
      !detail::parse_hex(text + 3, 16, c.trace_id) || text[35] != '-' ||
      !detail::parse_hex(text + 36, 8, c.span_id) || text[52] != '-' ||
      !detail::parse_hex(text + 53, 1, &flags))
    return false;
  if (version == 0xff || (version == 0 && length != kTraceparentBytes)) return false;
  if (length > kTraceparentBytes && text[kTraceparentBytes] != '-') return false;
  if (detail::all_zero(c.trace_id, 16) || detail::all_zero(c.span_id, 8)) return false;
  c.flags = flags & 1;
  out = c;
  return true;
}

// Writes exactly kTraceparentBytes, no terminator. Flags 00 or 01 only: some receivers refuse more.
inline void print_traceparent(const autospan_v1_context& c, char* out) {
  out[0] = out[1] = '0';
  out[2] = out[35] = out[52] = '-';
  detail::print_hex(c.trace_id, 16, out + 3);
  detail::print_hex(c.span_id, 8, out + 36);
  out[53] = '0';
  out[54] = c.flags & 1 ? '1' : '0';
}

}  // namespace autospan::model
