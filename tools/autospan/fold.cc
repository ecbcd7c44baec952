#include "fold.h"

#include <algorithm>
#include <unordered_map>

namespace autospan::cli {
namespace {

bool may_fold(const SpanNode& node) { return !node.missing() && !node.ref.span->unfinished; }

std::size_t count_below(const SpanTree& tree, std::uint32_t top) {
  std::size_t count = 0;
  std::vector<std::uint32_t> open = tree.nodes[top].children;
  while (!open.empty()) {
    const SpanNode& node = tree.nodes[open.back()];
    open.pop_back();
    ++count;
    open.insert(open.end(), node.children.begin(), node.children.end());
  }
  return count;
}

}  // namespace

std::vector<SiblingGroup> group_siblings(const SpanTree& tree,
                                         const std::vector<std::uint32_t>& siblings, bool fold) {
  std::unordered_map<std::string_view, std::size_t> counts;
  if (fold && siblings.size() > kLikeSiblingsShown)
    for (std::uint32_t at : siblings)
      if (may_fold(tree.nodes[at])) ++counts[tree.nodes[at].ref.span->name];

  std::vector<SiblingGroup> groups;
  std::unordered_map<std::string_view, std::size_t> group_of;
  for (std::uint32_t at : siblings) {
    const SpanNode& node = tree.nodes[at];
    const auto count = may_fold(node) ? counts.find(node.ref.span->name) : counts.end();
    if (count == counts.end() || count->second <= kLikeSiblingsShown) {
      groups.push_back({at});
      continue;
    }
    const auto [group, first] = group_of.try_emplace(node.ref.span->name, groups.size());
    if (first) groups.emplace_back();
    groups[group->second].push_back(at);
  }
  return groups;
}

GroupFigures figures_of(const SpanTree& tree, const SiblingGroup& group) {
  GroupFigures figures;
  figures.count = group.size();
  figures.start_ns = INT64_MAX;
  figures.end_ns = INT64_MIN;
  std::vector<std::int64_t> durations;
  for (std::uint32_t at : group) {
    const SpanNode& node = tree.nodes[at];
    durations.push_back(node.end_ns - node.start_ns);
    figures.start_ns = std::min(figures.start_ns, node.start_ns);
    figures.end_ns = std::max(figures.end_ns, node.end_ns);
    figures.below += count_below(tree, at);
    if (!node.ref.span->error) continue;
    if (figures.errors++ == 0) figures.first_error = at;
  }
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>((durations.size() - 1) / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  figures.p50_ns = *middle;
  figures.max_ns = *std::max_element(durations.begin(), durations.end());
  return figures;
}

}  // namespace autospan::cli
