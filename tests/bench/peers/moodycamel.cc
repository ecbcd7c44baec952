// moodycamel's queue as a recorder: two 48-byte records a span by a producer token, emptied in bulk
// outside the timed part.
#include <concurrentqueue/concurrentqueue.h>

#include <cstdint>
#include <cstring>

#include "measure.h"
#include "ring/clock.h"

namespace {

struct Record {
  std::uint64_t ticks, words[5];
};
moodycamel::ConcurrentQueue<Record> g_queue;

[[gnu::noinline]] void work() { asm volatile("" ::: "memory"); }

moodycamel::ProducerToken& token() {
  static moodycamel::ProducerToken mine(g_queue);
  return mine;
}

void span(long calls) {
  moodycamel::ProducerToken& mine = token();
  for (long i = 0; i < calls; ++i) {
    g_queue.enqueue(mine, Record{autospan::ring::read_ticks(true), {std::uint64_t(i)}});
    work();
    g_queue.enqueue(mine, Record{autospan::ring::read_ticks(true), {std::uint64_t(i)}});
  }
}

void span_int_str(long calls) {
  moodycamel::ProducerToken& mine = token();
  for (long i = 0; i < calls; ++i) {
    Record begin{autospan::ring::read_ticks(true), {std::uint64_t(i), 16}};
    std::memcpy(&begin.words[2], "0123456789abcdef", 16);
    g_queue.enqueue(mine, begin);
    work();
    g_queue.enqueue(mine, Record{autospan::ring::read_ticks(true), {std::uint64_t(i)}});
  }
}

void empty_queue() {
  static Record out[4096];
  while (g_queue.try_dequeue_bulk(out, 4096)) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  return autospan::bench::rows_main(
      argc, argv,
      {{"moodycamel", span, empty_queue}, {"moodycamel_int_str16", span_int_str, empty_queue}});
}
