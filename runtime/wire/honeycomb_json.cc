#include "wire/honeycomb_json.h"

#include <cassert>

#include "wire/json_number.h"

namespace autospan::wire {
namespace {
constexpr std::string_view kTime = R"(,"time":")";
constexpr std::string_view kRate = R"(","samplerate":)";
}  // namespace

void HoneycombEntry::close(ByteBuffer& out, std::int64_t time_unix_ns, std::uint32_t samplerate) {
  char* p = out.reserve(kTime.size() + kTimeBytes + kRate.size() + kNumberBytes + 2);
  p = put(p, kTime);
  p = time_.put(p, time_unix_ns);
  if (samplerate > 1) {
    p = put(p, kRate);
    p = put_unsigned(p, samplerate);
  } else {
    *p++ = '"';
  }
  *p++ = '}';
  out.set_end(p);
}

void append_marked_object(ByteBuffer& out, std::string_view data, std::string_view name) {
  assert(data.size() > 2 && data[0] == '{');
  out.append(R"({")");
  out.append(name);
  out.append(R"(":true,)");
  out.append(data.substr(1));
}

void append_marked_entry(ByteBuffer& out, std::string_view entry, std::string_view name) {
  assert(entry.substr(0, HoneycombEntry::data_offset()) == R"({"data":)");
  HoneycombEntry::open(out);
  append_marked_object(out, entry.substr(HoneycombEntry::data_offset()), name);
}

}  // namespace autospan::wire
