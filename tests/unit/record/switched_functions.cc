#include "switched_functions.h"

namespace autospan::test {
namespace {

const autospan_v1_param kParams[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0},
                                     {"text", nullptr, 0, AUTOSPAN_STR, 0, 0}};

void leave(autospan_v1_guard* guard) {
  if (*guard) autospan_v1_exit(*guard);
}

#define SITE(name, params)                                                                       \
  static autospan_v1_site site = {0,       sizeof site, AUTOSPAN_SITE_SPAN, 0, "switched::" name, \
                                  nullptr, nullptr,     nullptr, kParams, 0, params, 0, 0, 0, 0}
#define GUARD autospan_v1_guard guard __attribute__((cleanup(leave))) = 0

int g_sum;

__attribute__((noinline)) void helper(autospan_v1_site& site) {
  GUARD;
  guard = autospan_v1_enter_0(&site);
  ++g_sum;
}

}  // namespace

__attribute__((noinline)) int bare_int(int n) { return n * g_sum + 1; }
__attribute__((noinline)) int switched_int(int n) {
  SITE("Int", 1);
  GUARD;
  guard = autospan_v1_enter_w(&site, autospan_u64(n));
  return n * g_sum + 1;
}

__attribute__((noinline)) int bare_text(int n, const char* text, std::size_t length) {
  return n * g_sum + text[0] + int(length);
}
__attribute__((noinline)) int switched_text(int n, const char* text, std::size_t length) {
  SITE("Text", 2);
  GUARD;
  guard = autospan_v1_enter_ws(&site, autospan_u64(n), text, length);
  return n * g_sum + text[0] + int(length);
}

__attribute__((noinline)) int bare_calls(int n) { return bare_int(n) * n; }
__attribute__((noinline)) int switched_calls(int n) {
  SITE("Calls", 1);
  GUARD;
  guard = autospan_v1_enter_w(&site, autospan_u64(n));
  return bare_int(n) * n;
}

__attribute__((noinline)) void switched_nested(int depth) {
  SITE("Nested", 1);
  GUARD;
  guard = autospan_v1_enter_w(&site, autospan_u64(depth));
  if (depth > 1) switched_nested(depth - 1);
  asm volatile("" ::: "memory");  // no tail call
}

void first_of_helper() {
  SITE("First", 0);
  helper(site);
}
void second_of_helper() {
  SITE("Second", 0);
  helper(site);
}

}  // namespace autospan::test
