// Two cells at once. The exit copies a frame's last two cells by one load, so the entry writes them by
// one store: a load that finds its bytes in two stores waits for both to reach the cache.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "record/writer.h"

// Readers look at both places: word by word where a race detector watches.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AUTOSPAN_WATCHED 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define AUTOSPAN_WATCHED 1
#endif

#if defined(__SSE2__) && !defined(AUTOSPAN_WATCHED)
#define AUTOSPAN_PAIRS 1
#include <emmintrin.h>
#endif

namespace autospan::record {

// What a head slot holds of a text.
inline constexpr size_t kHeadTextBytes = 16;

#if defined(AUTOSPAN_PAIRS)
inline void store_pair(uint64_t* to, uint64_t low, uint64_t high) {
  const __m128i first = _mm_cvtsi64_si128(int64_t(low));
  _mm_store_si128(reinterpret_cast<__m128i*>(to),
                  high ? _mm_unpacklo_epi64(first, _mm_cvtsi64_si128(int64_t(high))) : first);
}
inline void copy_pair(uint64_t* to, const uint64_t* from) {
  _mm_store_si128(reinterpret_cast<__m128i*>(to),
                  _mm_load_si128(reinterpret_cast<const __m128i*>(from)));
}
inline void store_sixteen(uint64_t* to, const char* text) {
  _mm_store_si128(reinterpret_cast<__m128i*>(to),
                  _mm_loadu_si128(reinterpret_cast<const __m128i*>(text)));
}
#else
inline void store_pair(uint64_t* to, uint64_t low, uint64_t high) {
  put(to[0], low);
  put(to[1], high);
}
inline void copy_pair(uint64_t* to, const uint64_t* from) { store_pair(to, get(from[0]), get(from[1])); }
inline void store_sixteen(uint64_t* to, const char* text) {
  uint64_t words[2];
  memcpy(words, text, sizeof words);
  store_pair(to, words[0], words[1]);
}
#endif

template <class T>
inline uint64_t load_bytes(const char* from) {
  T value;
  memcpy(&value, from, sizeof value);
  return value;
}
// Up to eight bytes as a zero-padded word. Never reads beyond them: a host under valgrind or in a
// page's last bytes would notice.
inline uint64_t load_short(const char* text, size_t n) {
  if (n == 8) return load_bytes<uint64_t>(text);
  if (n >= 4)
    return load_bytes<uint32_t>(text) | load_bytes<uint32_t>(text + n - 4) << 8 * (n - 4);
  if (n == 0) return 0;
  return uint64_t{uint8_t(text[0])} | uint64_t{uint8_t(text[n / 2])} << 8 * (n / 2) |
         uint64_t{uint8_t(text[n - 1])} << 8 * (n - 1);
}
// At most kHeadTextBytes, zero-padded.
inline void store_text(uint64_t* to, const char* text, size_t n) {
  if (__builtin_expect(n == 16, 0)) return store_sixteen(to, text);
  if (n > 8)
    store_pair(to, load_bytes<uint64_t>(text), load_bytes<uint64_t>(text + n - 8) >> 8 * (16 - n));
  else
    store_pair(to, load_short(text, n), 0);
}

}  // namespace autospan::record
