// Spans as the forest that their parents make of them. Whatever the ids claim, every span stands in
// it exactly once: a parent that nobody delivered gets a node without a span, a cycle is cut.
#pragma once

#include <cstdint>
#include <vector>

#include "span_set.h"

namespace autospan::cli {

inline constexpr std::uint32_t kNoNode = 0xffffffff;

struct SpanNode {
  SpanRef ref;  // no span: the (missing) parent `id`
  SpanId id;
  std::int64_t start_ns = 0;  // of a missing one: what its children cover
  std::int64_t end_ns = 0;
  std::uint32_t parent = kNoNode;
  std::vector<std::uint32_t> children;  // by start

  bool missing() const { return ref.span == nullptr; }
};

struct SpanTree {
  std::vector<SpanNode> nodes;
  std::vector<std::uint32_t> roots;  // by start
  std::int64_t start_ns = 0, end_ns = 0;
  std::size_t spans = 0, errors = 0, unfinished = 0, missing = 0;
};

// Where a local root's parent is not among the spans: in a whole trace it is missing, in the view
// of one process it is simply elsewhere and the span a root.
enum class ParentElsewhere { kMissing, kRoot };

// `set` is settled and outlives the tree.
SpanTree build_tree(const SpanSet& set, ParentElsewhere elsewhere);

}  // namespace autospan::cli
