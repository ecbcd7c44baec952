// An encoder that remembers against one written down plainly: the fields of random events.
#include <iterator>

#include "catch.hpp"
#include "samples.h"
#include "wire/event_json.h"
#include "wire/json_text.h"
#include "wire/scalar.h"
#include "wire/wire_names.h"

using namespace samples;
using namespace autospan::wire;

namespace {

std::string wire_name(std::string_view key) {
  return (is_wire_name(key) ? "app." : "") + std::string(key);
}
// Of names that differ as bytes but not as text only DistinctFields knows: the keys here are ASCII.
std::string fields_json(const SpanBatch& batch, FieldRange range) {
  ByteBuffer out;
  for (std::uint32_t i = range.begin; i < range.begin + range.count; ++i) {
    const Field& field = batch.fields[i];
    bool again = false;
    for (std::uint32_t later = i + 1; later < range.begin + range.count; ++later)
      again |= wire_name(batch.fields[later].key) == wire_name(field.key);
    if (again || !has_json_form(field.value)) continue;
    out.push(',');
    append_json_text(out, wire_name(field.key));
    out.push(':');
    if (is_text(field.value))
      append_json_text(out, field.value.text);
    else
      out.set_end(put_scalar(out.reserve(64), field.value));
  }
  return std::string(out.view());
}

}  // namespace

TEST_CASE("names that are remembered are written like those that are not") {
  static const char* const kKeys[] = {"user_id", "plan", "name", "app.name", "trace.x", "", "a\"b",
                                      "app.",    "e",    "time"};
  Random random(7, false);
  EventJson json(*resource());
  const SpanBatch bare = one_span();
  ByteBuffer out;
  json.append_span(out, bare, bare.spans.front(), SpanPlace::kRoot);
  const std::string head(out.view().substr(0, out.size() - 1));
  std::string generated;
  for (int round = 0; round < 20'000; ++round) {
    SpanBatch batch = one_span();
    for (std::uint64_t n = random.below(random.below(9) == 0 ? 40 : 5); n > 0; --n) {
      // A name from static memory, from the arena, or one that was never there before.
      std::string_view key = kKeys[random.below(std::size(kKeys))];
      if (random.coin()) key = batch.arena.keep(key);
      if (random.below(8) == 0) key = batch.arena.keep("key" + std::to_string(round));
      batch.fields.push_back({key, random.value(batch.arena)});
    }
    SpanData& span = batch.spans.front();
    span.fields.count = static_cast<std::uint32_t>(batch.fields.size());
    out.clear();
    json.append_span(out, batch, span, SpanPlace::kRoot);
    REQUIRE(out.view() == head + fields_json(batch, span.fields) + "}");
  }
}
