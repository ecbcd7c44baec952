// A batch in the Trace Event Format, which Perfetto and chrome://tracing open:
//   {"displayTimeUnit":"ms","otherData":{…},"traceEvents":[{"ph":"X","ts":µs,"dur":µs,…},…]}
// Times are counted from the batch's earliest moment, which otherData names: as µs since 1970 they
// would not fit a double.
#pragma once

#include <vector>

#include "autospan/span_data.h"
#include "wire/byte_buffer.h"

namespace autospan::wire {

// Ended spans are complete events ("X"), or asynchronous ones ("b", "e") where they overlap another
// of their thread without lying in it; unfinished ones only begin ("B"); events are instants ("i").
// All in the order of time, across threads. `about` goes into otherData.
void append_chrome_trace(ByteBuffer& out, const SpanBatch& batch,
                         const std::vector<Field>& about = {});

}  // namespace autospan::wire
