#include "wire/ndjson.h"

#include "wire/json_number.h"
#include "wire/json_text.h"
#include "wire/time_text.h"

namespace autospan::wire {

void append_ndjson_line(ByteBuffer& out, std::string_view data, std::int64_t time_unix_ns,
                        std::uint32_t samplerate, std::string_view dataset) {
  char* p = out.reserve(kTimeBytes + kNumberBytes + 64);
  p = put(p, R"({"time":")");
  p = put_time(p, time_unix_ns);
  p = put(p, R"(","samplerate":)");
  p = put_unsigned(p, samplerate == 0 ? 1 : samplerate);
  p = put(p, R"(,"dataset":)");
  out.set_end(p);
  append_json_text(out, dataset);
  out.append(R"(,"data":)");
  out.append(data);
  out.append("}\n");
}

}  // namespace autospan::wire
