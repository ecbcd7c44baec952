#pragma once

#include <string_view>

namespace bench_job {

inline constexpr int kSpansOfRequest = 8;
// `spans` is a multiple of kSpansOfRequest.
void record_requests(long spans);

}  // namespace bench_job
