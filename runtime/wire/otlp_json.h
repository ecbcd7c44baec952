// A batch as OTLP/JSON, one ExportTraceServiceRequest: what an OpenTelemetry Collector takes at
// /v1/traces. As opentelemetry-proto maps it: ids in hex, names in camelCase, enums as numbers,
// 64-bit integers as strings.
#pragma once

#include <cstdint>
#include <vector>

#include "autospan/span_data.h"
#include "wire/byte_buffer.h"

namespace autospan::wire {

// Spans in the batch's order, each with its events and links. `about` is said of the process, among
// the resource's attributes. Returns how many events and links belong to no span of the batch: OTLP
// has no place for those.
std::uint64_t append_otlp_json(ByteBuffer& out, const SpanBatch& batch,
                               const std::vector<Field>& about = {});

}  // namespace autospan::wire
