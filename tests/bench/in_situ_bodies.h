#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#define AUTOSPAN_BENCH_IN_SITU(name)                                    \
  namespace name {                                                      \
  std::uint64_t hash_buffer(const unsigned char* bytes, std::size_t n); \
  long parse_line(const char* text, std::size_t n);                     \
  void insert_key(std::map<long, long>& map, long key);                 \
  long ask_kernel(long call);                                           \
  }
AUTOSPAN_BENCH_IN_SITU(bodies_bare)
AUTOSPAN_BENCH_IN_SITU(bodies_clocks)
AUTOSPAN_BENCH_IN_SITU(bodies_spans)
