// Spans to text: a tree with a bar a span, to scale. Pure: the same spans and options, the same
// bytes.
#pragma once

#include <string>

#include "span_tree.h"
#include "waterfall_rows.h"

namespace autospan::cli {

std::string waterfall(const SpanTree& tree, const SpanSet& set, const WaterfallOptions& options);

}  // namespace autospan::cli
