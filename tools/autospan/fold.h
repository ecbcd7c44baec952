// Like siblings, folded: a loop of a thousand calls is one row that tells how they went.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "span_tree.h"

namespace autospan::cli {

inline constexpr std::size_t kLikeSiblingsShown = 20;  // more of one name fold

// Nodes that share a row, by start. One member: a node that stands for itself.
using SiblingGroup = std::vector<std::uint32_t>;

// Groups in order of their first members. Unfinished and missing nodes always stand alone: they are
// what one looks for.
std::vector<SiblingGroup> group_siblings(const SpanTree& tree,
                                         const std::vector<std::uint32_t>& siblings, bool fold);

struct GroupFigures {
  std::size_t count = 0;
  std::size_t below = 0;    // spans under the members
  std::size_t errors = 0;   // of the members
  std::int64_t p50_ns = 0;  // nearest rank
  std::int64_t max_ns = 0;
  std::int64_t start_ns = 0, end_ns = 0;
  std::uint32_t first_error = kNoNode;
};
GroupFigures figures_of(const SpanTree& tree, const SiblingGroup& group);

}  // namespace autospan::cli
