#include "trace_header.h"

#include <fmt/format.h>

#include <algorithm>

#include "duration_text.h"
#include "id_text.h"
#include "paint.h"
#include "text_width.h"

namespace autospan::cli {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Of the first root that was delivered.
std::string_view service_of(const SpanTree& tree) {
  for (const SpanNode& node : tree.nodes)
    if (!node.missing()) return node.ref.batch->resource->service_name;
  return "";
}

}  // namespace

std::string count_text(const SpanTree& tree) {
  std::string text = counted(tree.spans, "span");
  if (tree.errors != 0) text += " · " + counted(tree.errors, "error");
  if (tree.unfinished != 0) text += fmt::format(" · {} unfinished", tree.unfinished);
  if (tree.missing != 0) text += " · " + counted(tree.missing, "missing parent");
  return text;
}

std::string trace_header(const SpanTree& tree, const TraceId& trace, const WaterfallOptions& how) {
  const Paint paint(how.colors);
  return paint(Tone::kStrong, printable(service_of(tree))) + "  trace " + id_text(trace) + "\n" +
         moment_text(tree.start_ns) + " · " + duration_text(tree.end_ns - tree.start_ns) + " · " +
         count_text(tree) + "\n";
}

}  // namespace autospan::cli
