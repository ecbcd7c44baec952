#pragma once

#include <string_view>

#define AUTOSPAN_BENCH_MANY(name)                     \
  namespace name {                                    \
  long call_64(long n);                               \
  long call_1024(long n);                             \
  long call_text_1024(long n, std::string_view text); \
  }
AUTOSPAN_BENCH_MANY(many_bare)
AUTOSPAN_BENCH_MANY(many_spans)
AUTOSPAN_BENCH_MANY(many_sleds)
