// The ids that are asked for again and again: a trace's, by each of its spans; a parent's, by each of
// its children and then by itself; and their neighbours', which come next.
#pragma once

#include <array>
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

// Answers as ring/ids.h does.
class IdMemory {
 public:
  // Of the thread at hand: records come thread by thread.
  const TraceId& trace(const std::uint64_t seed[2], std::uint64_t root) {
    use(seed);
    if (!has_trace_ || root_ != root) make_trace(root);
    return trace_;
  }
  SpanId span(const std::uint64_t seed[2], std::uint64_t seq) {
    use(seed);
    Four& four = fours_[seq / 4 % kFours];
    if (four.number != seq / 4) make(four, seq / 4);
    return four.ids[seq % 4];
  }

 private:
  static constexpr std::size_t kFours = 16;  // open spans from the outermost on, and the latest
  struct Four {
    std::uint64_t number = ~std::uint64_t{0};  // of no span
    std::array<SpanId, 4> ids;
  };

  void use(const std::uint64_t seed[2]) {
    if (seed[0] != seed_[0] || seed[1] != seed_[1]) forget(seed);
  }
  void forget(const std::uint64_t next_seed[2]);
  void make(Four& four, std::uint64_t number);
  void make_trace(std::uint64_t root);

  std::uint64_t seed_[2] = {};
  std::array<Four, kFours> fours_;
  TraceId trace_;
  std::uint64_t root_ = 0;
  bool has_trace_ = false;
};

}  // namespace autospan::drain
