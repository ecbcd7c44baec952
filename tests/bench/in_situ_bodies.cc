// Four bodies as programs have them; built bare, with a clock reading at both ends, and by the
// plugin, which makes no spans in the namespace autospan.
#include "in_situ_bodies.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "ring/clock.h"

#if defined(IN_SITU_CLOCKS)
#define IN_SITU_BEGIN const Clocks clocks;
#else
#define IN_SITU_BEGIN
#endif

namespace IN_SITU {

#if defined(IN_SITU_CLOCKS)
static volatile std::uint64_t g_start, g_end;
struct Clocks {
  Clocks() { g_start = autospan::ring::read_ticks(true); }
  ~Clocks() { g_end = autospan::ring::read_ticks(true); }
};
#endif

std::uint64_t hash_buffer(const unsigned char* bytes, std::size_t n) {
  IN_SITU_BEGIN
  std::uint64_t h = 1469598103934665603u;
  for (std::size_t i = 0; i < n; ++i) h = (h ^ bytes[i]) * 1099511628211u;
  return h;
}

// A number, a word or a quoted text a field; the sum of what they say.
long parse_line(const char* text, std::size_t n) {
  IN_SITU_BEGIN
  long sum = 0, number = 0;
  bool in_quotes = false;
  for (std::size_t i = 0; i < n; ++i) {
    const char c = text[i];
    if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == ',' && !in_quotes) {
      sum += number;
      number = 0;
    } else if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
    } else if (c == '-') {
      number = -number;
    } else {
      sum += c & 7;
    }
  }
  return sum + number;
}

void insert_key(std::map<long, long>& map, long key) {
  IN_SITU_BEGIN
  map[key] = key;
  if (map.size() > 1000) map.erase(map.begin());
}

long ask_kernel(long call) {
  IN_SITU_BEGIN
  return syscall(call);
}

}  // namespace IN_SITU
