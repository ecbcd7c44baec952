// libFuzzer on the decoders: whatever the bytes, no crash, no hang, no memory beyond the input's
// order; and what decodes encodes and decodes again to as many events.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/decode_events.h"
#include "wire/event_json.h"
#include "wire/honeycomb_reply.h"
#include "wire/ndjson.h"

using namespace autospan::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_batch_reply(text, 500);
  (void)parse_error_body(text);
  EventDecoder decoder;
  decoder.add_lines(text);
  decoder.add_batch(text);

  ByteBuffer object, lines;
  std::size_t events = 0;
  for (const DecodedGroup& group : decoder.take()) {
    EventJson json(*group.batch.resource);
    for (const autospan::SpanData& span : group.batch.spans) {
      object.clear();
      json.append_span(object, group.batch, span, span_place(span, false));
      append_ndjson_line(lines, object.view(), span.start_unix_ns, span.samplerate, group.dataset);
      ++events;
    }
  }
  decoder.add_lines(lines.view());
  std::size_t again = 0;
  for (const DecodedGroup& group : decoder.take()) again += group.batch.spans.size();
  if (again != events) std::abort();
  return 0;
}
