// The ids that are asked for again and again: a trace's, by each of its spans; a parent's, by each of
// its children and then by itself. A hash costs more than all else that is told of a span.
#pragma once

#include <cstdint>

#include "autospan/span_data.h"
#include "ring/ids.h"

namespace autospan::drain {

inline TraceId trace_of_words(std::uint64_t high, std::uint64_t low) {
  TraceId id;
  ring::store_big_endian(high, id.bytes.data());
  ring::store_big_endian(low, id.bytes.data() + 8);
  return id;
}
inline SpanId span_of_word(std::uint64_t word) {
  SpanId id;
  ring::store_big_endian(word, id.bytes.data());
  return id;
}

// Answers as ring/ids.h does, from the last answer where the question is the same.
class IdMemory {
 public:
  const TraceId& trace(const std::uint64_t seed[2], std::uint64_t root) {
    if (!trace_.is(seed, root)) {
      const ring::TraceIdWords words = ring::trace_id(seed, root);
      trace_ = {{seed[0], seed[1]}, root, true, trace_of_words(words.high, words.low)};
    }
    return trace_.id;
  }
  const SpanId& parent(const std::uint64_t seed[2], std::uint64_t seq) {
    if (!parent_.is(seed, seq))
      parent_ = {{seed[0], seed[1]}, seq, true, span_of_word(ring::span_id(seed, seq))};
    return parent_.id;
  }
  // Not remembered: the children of a span come before it.
  SpanId span(const std::uint64_t seed[2], std::uint64_t seq) const {
    return parent_.is(seed, seq) ? parent_.id : span_of_word(ring::span_id(seed, seq));
  }

 private:
  template <class Id>
  struct Known {
    std::uint64_t seed[2] = {};
    std::uint64_t seq = 0;
    bool any = false;
    Id id{};
    bool is(const std::uint64_t s[2], std::uint64_t q) const {
      return seq == q && seed[0] == s[0] && seed[1] == s[1] && any;
    }
  };
  Known<TraceId> trace_;
  Known<SpanId> parent_;
};

}  // namespace autospan::drain
