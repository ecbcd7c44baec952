// AUTOSPAN_EXPORT=console: a line a span for a person at a terminal.
#pragma once

#include "autospan/span_data.h"
#include "wire/byte_buffer.h"

namespace autospan::delivery {

//   14:47:44.123456   12.345 ms  UpdateStripe  user=42 email="x@y"  ERROR
//   [4bf9…4736/00f067aa0ba902b7]
void append_console_span(wire::ByteBuffer& out, const SpanBatch& batch, const SpanData& span);
void append_console_event(wire::ByteBuffer& out, const SpanBatch& batch,
                          const SpanEventData& event);

}  // namespace autospan::delivery
