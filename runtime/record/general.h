// The general path into and out of a span: what the hot path does not take. Attaching, registering,
// roots by request, long texts and many values, other clocks, exceptions in flight, exits out of order.
#pragma once

#include "autospan/abi.h"
#include "ring/format.h"

namespace autospan::record {

// `on` is the site's switch as the caller found it; a call of a counted site was counted.
autospan_v1_guard enter_general_0(autospan_v1_site* site, autospan_u8 on);
autospan_v1_guard enter_general_w(autospan_v1_site* site, autospan_u64 a, autospan_u8 on);
autospan_v1_guard enter_general_ww(autospan_v1_site* site, autospan_u64 a, autospan_u64 b,
                                   autospan_u8 on);
autospan_v1_guard enter_general_s(autospan_v1_site* site, const char* text, autospan_size n,
                                  autospan_u8 on);
autospan_v1_guard enter_general_ws(autospan_v1_site* site, autospan_u64 a, const char* text,
                                   autospan_size n, autospan_u8 on);
autospan_v1_guard enter_general_n(autospan_v1_site* site, const autospan_v1_slot* values,
                                  autospan_size count, autospan_u8 on);
int armed_general(autospan_v1_site* site);
int round_is_over(ring::CounterCell& c);
// `now` by the TSC.
void exit_general(autospan_v1_guard guard, autospan_u64 now);

}  // namespace autospan::record
