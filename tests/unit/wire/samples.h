// Batches for tests: one spelled out, and as many random ones as you like.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "autospan/span_data.h"

namespace samples {

using namespace autospan;

inline TraceId trace_id(std::uint8_t first) {
  TraceId id;
  for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(first + i);
  return id;
}
inline SpanId span_id(std::uint8_t first) {
  SpanId id;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[i] = static_cast<std::uint8_t>(first + i);
  return id;
}

inline std::shared_ptr<Resource> resource(std::string service = "saas-update") {
  auto r = std::make_shared<Resource>();
  r->service_name = std::move(service);
  r->program = "saas_update";
  r->hostname = "vm";
  r->pid = 4711;
  return r;
}

// One span with the given fields; a root unless told otherwise.
inline SpanBatch one_span(std::vector<Field> fields = {},
                          std::shared_ptr<Resource> of = resource()) {
  SpanBatch batch;
  batch.resource = std::move(of);
  batch.fields = std::move(fields);
  SpanData span;
  span.trace_id = trace_id(0x40);
  span.span_id = span_id(0x90);
  span.name = "UpdateStripe";
  span.start_unix_ns = 1'795'489'909'061'519'157;  // 2026-11-24T03:11:49.061519157Z
  span.duration_ns = 222'448;
  span.local_root = true;
  span.fields = {0, static_cast<std::uint32_t>(batch.fields.size())};
  batch.spans.push_back(span);
  return batch;
}

// A source of everything a program may hand to us. With `valid_utf8` all texts survive unchanged.
class Random {
 public:
  Random(std::uint32_t seed, bool valid_utf8) : engine_(seed), valid_utf8_(valid_utf8) {}

  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  bool coin() { return below(2) == 0; }

  std::string text(std::size_t parts_max) {
    static const char* const kParts[] = {"a",         "user", "x.y",  "\"",   "\\",
                                         "\n",        "\t",   "\x01", "\x1f", "\x7f",
                                         "/",         "ü",    "€",    "🙂",   "\xF4\x8F\xBF\xBF",
                                         "</script>", "{}",   ",",    "name", "trace.trace_id",
                                         "app.",      " "};
    static const char* const kBroken[] = {
        "\xff", "\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc0\xaf", "\x80"};
    std::string out;
    for (std::size_t n = below(parts_max + 1); n > 0; --n) {
      if (below(20) == 0) out += '\0';
      if (!valid_utf8_ && below(3) == 0) out += kBroken[below(std::size(kBroken))];
      out += kParts[below(std::size(kParts))];
    }
    return out;
  }

  Value value(Arena& arena) {
    switch (below(9)) {
      case 0:
        return Value();
      case 1:
        return Value::of(coin());
      case 2:
        return Value::of(static_cast<std::int64_t>(engine_()));
      case 3:
        return Value::of(static_cast<std::uint64_t>(engine_()));
      case 4:
        return Value::of(bits<double, std::uint64_t>(engine_()));
      case 5:
        return Value::of(bits<float, std::uint32_t>(static_cast<std::uint32_t>(engine_())));
      case 6:
        return Value::of(static_cast<double>(static_cast<std::int32_t>(engine_())));
      case 7:
        return Value::json(arena.keep("[" + text(3) + "]"));
      default:
        return Value::of(arena.keep(text(8)));
    }
  }

  SpanBatch batch() {
    SpanBatch out;
    auto of = resource("svc " + text(2));
    of->hostname = "h" + text(2);
    for (std::uint64_t n = below(4); n > 0; --n)
      of->attributes.emplace_back("attr" + text(1), text(3));
    out.resource = of;
    for (std::uint64_t n = below(6); n > 0; --n) out.spans.push_back(span(out));
    for (std::uint64_t n = below(3); n > 0; --n) out.events.push_back(event(out));
    for (std::uint64_t n = below(3); n > 0; --n) out.links.push_back(link());
    return out;
  }

 private:
  template <typename Real, typename Bits>
  static Real bits(Bits from) {
    Real real;
    std::memcpy(&real, &from, sizeof real);
    return real;
  }
  template <typename Id>
  Id id() {
    Id out;
    for (auto& byte : out.bytes) byte = static_cast<std::uint8_t>(engine_());
    out.bytes[0] |= 1;
    return out;
  }
  FieldRange fields(SpanBatch& out) {
    const FieldRange range{static_cast<std::uint32_t>(out.fields.size()),
                           static_cast<std::uint32_t>(below(below(5) == 0 ? 60 : 6))};
    for (std::uint32_t i = 0; i < range.count; ++i)
      out.fields.push_back({out.arena.keep(text(2)), value(out.arena)});
    return range;
  }
  SpanData span(SpanBatch& out) {
    SpanData s;
    s.trace_id = id<TraceId>();
    s.span_id = id<SpanId>();
    if (coin()) s.parent_id = id<SpanId>();
    s.name = out.arena.keep(text(3));
    s.start_unix_ns = static_cast<std::int64_t>(engine_());
    s.duration_ns = static_cast<std::int64_t>(engine_() >> (1 + below(40)));
    s.kind = static_cast<SpanKind>(below(5));
    s.error = coin();
    s.unfinished = coin();
    s.abandoned = coin();
    s.truncated = coin();
    s.resent = coin();
    s.local_root = coin() || !s.parent_id.valid();
    s.samplerate = coin() ? 1 : static_cast<std::uint32_t>(engine_() | 1);
    s.thread_id = coin() ? 0 : static_cast<std::uint32_t>(engine_());
    if (coin()) s.code_function = out.arena.keep("f" + text(2));
    if (coin()) s.code_filepath = out.arena.keep("p" + text(2));
    if (coin()) s.code_lineno = static_cast<std::uint32_t>(engine_());
    s.fields = fields(out);
    return s;
  }
  SpanEventData event(SpanBatch& out) {
    SpanEventData e;
    e.trace_id = id<TraceId>();
    e.parent_id = id<SpanId>();
    e.name = out.arena.keep(text(2));
    if (coin()) e.parent_name = out.arena.keep("p" + text(2));
    e.time_unix_ns = static_cast<std::int64_t>(engine_());
    e.fields = fields(out);
    return e;
  }
  SpanLinkData link() {
    SpanLinkData l;
    l.trace_id = id<TraceId>();
    l.parent_id = id<SpanId>();
    l.linked_trace_id = id<TraceId>();
    l.linked_span_id = id<SpanId>();
    l.time_unix_ns = static_cast<std::int64_t>(engine_());
    return l;
  }

  std::mt19937_64 engine_;
  const bool valid_utf8_;
};

}  // namespace samples
