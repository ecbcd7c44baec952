// Compiled with the plugin, which makes no spans in the namespace autospan: what fills the rings
// that the drain bench empties. A request and its parts, each with two arguments, as a server has
// them.
#include "drain_job.h"

namespace bench_job {

[[gnu::noinline]] static long handle_part(long user_id, std::string_view plan) {
  asm volatile("" ::"r"(plan.data()) : "memory");
  return user_id + 1;
}
[[gnu::noinline]] static void handle_request(long user_id, std::string_view plan) {
  for (int i = 1; i < kSpansOfRequest; ++i) user_id = handle_part(user_id, plan);
  asm volatile("" ::"r"(user_id));
}

void record_requests(long spans) {
  for (long i = 0; i < spans; i += kSpansOfRequest) handle_request(1000 + i, "enterprise-annual");
}

}  // namespace bench_job
