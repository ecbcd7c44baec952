// LTTng-UST includes this file several times over, hence its form.
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER autospan_bench
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "peers/lttng_tracepoints.h"

#if !defined(AUTOSPAN_BENCH_LTTNG_TRACEPOINTS_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define AUTOSPAN_BENCH_LTTNG_TRACEPOINTS_H
#include <lttng/tracepoint.h>

LTTNG_UST_TRACEPOINT_EVENT(autospan_bench, enter, LTTNG_UST_TP_ARGS(), LTTNG_UST_TP_FIELDS())
LTTNG_UST_TRACEPOINT_EVENT(autospan_bench, enter_int, LTTNG_UST_TP_ARGS(long, n),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(long, n, n)))
LTTNG_UST_TRACEPOINT_EVENT(autospan_bench, enter_int_str,
                           LTTNG_UST_TP_ARGS(long, n, const char*, text),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(long, n, n)
                                                   lttng_ust_field_string(text, text)))
LTTNG_UST_TRACEPOINT_EVENT(autospan_bench, exit, LTTNG_UST_TP_ARGS(), LTTNG_UST_TP_FIELDS())

#endif
#include <lttng/tracepoint-event.h>
