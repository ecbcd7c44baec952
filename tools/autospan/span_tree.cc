#include "span_tree.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "time_math.h"

namespace autospan::cli {
namespace {

struct Key {
  TraceId trace;
  SpanId span;
  bool operator==(const Key& other) const { return span == other.span && trace == other.trace; }
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    std::uint64_t span, trace;
    std::memcpy(&span, key.span.bytes.data(), sizeof span);
    std::memcpy(&trace, key.trace.bytes.data() + 8, sizeof trace);
    return (span ^ (trace >> 1)) * 0x9e3779b97f4a7c15u >> 7;
  }
};
using Index = std::unordered_map<Key, std::uint32_t, KeyHash>;

Index add_spans(SpanTree& tree, const SpanSet& set) {
  Index index;
  index.reserve(set.spans.size());
  tree.nodes.reserve(set.spans.size());
  for (const SpanRef& ref : set.spans) {
    const SpanData& span = *ref.span;
    index.emplace(Key{span.trace_id, span.span_id}, static_cast<std::uint32_t>(tree.nodes.size()));
    SpanNode& node = tree.nodes.emplace_back();
    node.ref = ref;
    node.id = span.span_id;
    // From 1970 on, so that no difference of two times can overflow.
    node.start_ns = std::max<std::int64_t>(span.start_unix_ns, 0);
    node.end_ns = saturated_add(node.start_ns, std::max<std::int64_t>(span.duration_ns, 0));
    ++tree.spans;
    tree.errors += span.error;
    tree.unfinished += span.unfinished;
  }
  return index;
}

std::uint32_t parent_of(SpanTree& tree, Index& index, std::uint32_t at, ParentElsewhere elsewhere) {
  const SpanData& span = *tree.nodes[at].ref.span;
  if (!span.parent_id.valid() || span.parent_id == span.span_id) return kNoNode;
  const Key key{span.trace_id, span.parent_id};
  const auto found = index.find(key);
  if (found != index.end()) return found->second;
  if (elsewhere == ParentElsewhere::kRoot && span.local_root) return kNoNode;
  const auto made = static_cast<std::uint32_t>(tree.nodes.size());
  index.emplace(key, made);
  SpanNode& node = tree.nodes.emplace_back();
  node.id = span.parent_id;
  node.start_ns = INT64_MAX;
  node.end_ns = INT64_MIN;
  ++tree.missing;
  return made;
}

// The set is ordered by start, and so are children and, but for the missing ones, roots.
void link_up(SpanTree& tree, Index& index, ParentElsewhere elsewhere) {
  const auto spans = static_cast<std::uint32_t>(tree.nodes.size());
  for (std::uint32_t at = 0; at < spans; ++at) {
    const std::uint32_t parent = parent_of(tree, index, at, elsewhere);
    tree.nodes[at].parent = parent;
    if (parent == kNoNode) {
      tree.roots.push_back(at);
      continue;
    }
    SpanNode& above = tree.nodes[parent];
    above.children.push_back(at);
    if (!above.missing()) continue;
    above.start_ns = std::min(above.start_ns, tree.nodes[at].start_ns);
    above.end_ns = std::max(above.end_ns, tree.nodes[at].end_ns);
  }
  for (std::uint32_t at = spans; at < tree.nodes.size(); ++at) tree.roots.push_back(at);
}

void mark_below(const SpanTree& tree, std::uint32_t root, std::vector<bool>& seen) {
  std::vector<std::uint32_t> open{root};
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    const auto& children = tree.nodes[at].children;
    open.insert(open.end(), children.begin(), children.end());
  }
}

// Spans that no root leads to stand in a cycle of parents: the first of each becomes a root.
void cut_cycles(SpanTree& tree) {
  std::vector<bool> seen(tree.nodes.size());
  for (std::uint32_t root : tree.roots) mark_below(tree, root, seen);
  for (std::uint32_t at = 0; at < tree.nodes.size(); ++at) {
    if (seen[at]) continue;
    auto& siblings = tree.nodes[tree.nodes[at].parent].children;
    siblings.erase(std::find(siblings.begin(), siblings.end(), at));
    tree.nodes[at].parent = kNoNode;
    tree.roots.push_back(at);
    mark_below(tree, at, seen);
  }
}

}  // namespace

SpanTree build_tree(const SpanSet& set, ParentElsewhere elsewhere) {
  SpanTree tree;
  Index index = add_spans(tree, set);
  link_up(tree, index, elsewhere);
  cut_cycles(tree);
  std::sort(tree.roots.begin(), tree.roots.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::make_pair(tree.nodes[a].start_ns, a) < std::make_pair(tree.nodes[b].start_ns, b);
  });
  if (tree.nodes.empty()) return tree;
  tree.start_ns = INT64_MAX;
  tree.end_ns = INT64_MIN;
  for (const SpanNode& node : tree.nodes) {
    tree.start_ns = std::min(tree.start_ns, node.start_ns);
    tree.end_ns = std::max(tree.end_ns, node.end_ns);
  }
  return tree;
}

}  // namespace autospan::cli
