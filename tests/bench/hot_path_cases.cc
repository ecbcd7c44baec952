#include "hot_path_cases.h"

#include "autospan/abi.h"

namespace autospan::bench {
namespace {

volatile std::uint64_t g_start, g_end;

void none(long calls) {
  for (long i = 0; i < calls; ++i) work();
}

// What no span can be cheaper than: two readings of the clock, kept.
void floor(long calls) {
  for (long i = 0; i < calls; ++i) {
    g_start = ring::read_ticks(true);
    work();
    g_end = ring::read_ticks(true);
  }
}

const autospan_v1_param kParams[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0},
                                     {"text", nullptr, 0, AUTOSPAN_STR, 0, 0}};
autospan_v1_site make_site(const char* name, autospan_u16 params) {
  return {0,
          sizeof(autospan_v1_site),
          AUTOSPAN_SITE_SPAN,
          0,
          name,
          name,
          "hot_path.cc",
          nullptr,
          kParams,
          1,
          params,
          0,
          0,
          0,
          0};
}
autospan_v1_site g_span = make_site("span", 0);
autospan_v1_site g_span_int = make_site("span_int", 1);
autospan_v1_site g_span_int_str = make_site("span_int_str16", 2);

struct Guard {
  autospan_v1_guard guard;
  ~Guard() {
    if (guard) autospan_v1_exit(guard);
  }
};

[[gnu::noinline]] void instrumented() {
  Guard g{autospan_v1_enter_0(&g_span)};
  work();
}
[[gnu::noinline]] void instrumented_int(long i) {
  Guard g{autospan_v1_enter_w(&g_span_int, std::uint64_t(i))};
  work();
}
[[gnu::noinline]] void instrumented_int_str(long i, const char* text, std::size_t n) {
  Guard g{autospan_v1_enter_ws(&g_span_int_str, std::uint64_t(i), text, n)};
  work();
}

// Their like without a span; volatile asm keeps the arguments.
[[gnu::noinline]] void plain() { work(); }
[[gnu::noinline]] void plain_int(long i) {
  asm volatile("" ::"r"(i));
  work();
}
[[gnu::noinline]] void plain_int_str(long i, const char* text, std::size_t n) {
  asm volatile("" ::"r"(i), "r"(text), "r"(n));
  work();
}

void bare(long calls) {
  for (long i = 0; i < calls; ++i) plain();
}
void bare_int(long calls) {
  for (long i = 0; i < calls; ++i) plain_int(i);
}
void bare_int_str(long calls) {
  for (long i = 0; i < calls; ++i) plain_int_str(i, "0123456789abcdef", 16);
}
void span(long calls) {
  for (long i = 0; i < calls; ++i) instrumented();
}
void span_int(long calls) {
  for (long i = 0; i < calls; ++i) instrumented_int(i);
}
void span_int_str(long calls) {
  for (long i = 0; i < calls; ++i) instrumented_int_str(i, "0123456789abcdef", 16);
}

}  // namespace

std::vector<Case> span_cases(bool stub) {
  std::vector<Case> cases = {
      {"none", none},   {"bare", bare}, {"bare_int", bare_int}, {"bare_int_str16", bare_int_str},
      {"floor", floor}, {"span", span}, {"span_int", span_int}, {"span_int_str16", span_int_str}};
  if (stub)
    for (Case& c : cases) c.name = "stub_" + c.name;
  return cases;
}

}  // namespace autospan::bench
