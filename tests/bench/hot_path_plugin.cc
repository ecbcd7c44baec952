// Compiled with the plugin: spans around plugged*. It makes none in the namespace autospan.
#include <string_view>

#include "hot_path_cases.h"

using autospan::bench::work;

namespace bench_plugin {
namespace {

[[gnu::noinline]] void plugged() { work(); }
[[gnu::noinline]] void plugged_int(long n) {
  asm volatile("" ::"r"(n));
  work();
}
[[gnu::noinline]] void plugged_int_str(long n, std::string_view text) {
  asm volatile("" ::"r"(n), "r"(text.data()));
  work();
}

}  // namespace
}  // namespace bench_plugin

namespace autospan::bench {
namespace {

using bench_plugin::plugged;
using bench_plugin::plugged_int;
using bench_plugin::plugged_int_str;

void plugin_span(long calls) {
  for (long i = 0; i < calls; ++i) plugged();
}
void plugin_span_int(long calls) {
  for (long i = 0; i < calls; ++i) plugged_int(i);
}
void plugin_span_int_str(long calls) {
  for (long i = 0; i < calls; ++i) plugged_int_str(i, {"0123456789abcdef", 16});
}

}  // namespace

std::vector<Case> plugin_cases() {
  return {{"plugin_span", plugin_span},
          {"plugin_span_int", plugin_span_int},
          {"plugin_span_int_str16", plugin_span_int_str}};
}

}  // namespace autospan::bench
