// The rows of a waterfall: which spans stand where and what each row says, before any of it is laid
// out for a width.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "span_tree.h"

namespace autospan::cli {

struct WaterfallOptions {
  unsigned width = 100;
  bool colors = false;
  bool all = false;     // do not fold like siblings
  bool fields = false;  // every field, event and link under its span
};

struct WaterfallRow {
  enum class Kind {
    kSpan,
    kGroup,    // folded siblings
    kMissing,  // a parent that nobody delivered
    kMessage,  // of the error above
    kFact,     // a field, event or link of the span above
  };
  Kind kind = Kind::kSpan;
  std::string art;                     // the tree's lines before it
  std::string text;                    // a name, or the whole of a message or fact
  std::string aside;                   // what must be seen beside the name, whatever the room
  std::vector<std::string> arguments;  // as many as there is room for
  bool error = false;
  bool unfinished = false;
  bool opaque = false;         // no span: no start of its own is known
  std::int64_t offset_ns = 0;  // from the tree's start
  std::int64_t duration_ns = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> runs;  // start and end of each bar, Unix ns
};

std::vector<WaterfallRow> waterfall_rows(const SpanTree& tree, const SpanSet& set,
                                         const WaterfallOptions& options);

}  // namespace autospan::cli
