// The lines above a trace's waterfall.
#pragma once

#include <string>

#include "span_tree.h"
#include "waterfall_rows.h"

namespace autospan::cli {

// Service and trace id, then start, duration, spans, errors and what else is worth a warning.
std::string trace_header(const SpanTree& tree, const TraceId& trace, const WaterfallOptions& how);

// "214 spans · 3 errors · 1 unfinished · 2 missing parents": what is none is left out.
std::string count_text(const SpanTree& tree);

}  // namespace autospan::cli
