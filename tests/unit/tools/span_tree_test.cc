#include "span_tree.h"

#include "catch.hpp"
#include "trace_story.h"

using autospan::cli::build_tree;
using autospan::cli::ParentElsewhere;
using story::Story;

namespace {

void outline(const autospan::cli::SpanTree& tree, const std::vector<std::uint32_t>& nodes,
             const std::string& indent, std::string& out) {
  for (std::uint32_t at : nodes) {
    const auto& node = tree.nodes[at];
    out += indent + (node.missing() ? "(missing)" : std::string(node.ref.span->name)) + "\n";
    outline(tree, node.children, indent + "  ", out);
  }
}

std::string outlined(const autospan::cli::SpanSet& set, ParentElsewhere elsewhere) {
  std::string out = "\n";
  const auto tree = build_tree(set, elsewhere);
  outline(tree, tree.roots, "", out);
  return out;
}
std::string outlined(const Story& story, ParentElsewhere elsewhere = ParentElsewhere::kMissing) {
  return outlined(story.set(), elsewhere);
}

}  // namespace

TEST_CASE("children stand in the order of their starts, in whatever order they came") {
  Story job;
  job.span("late", 3, 1, 20, 1).span("early", 2, 1, 5, 1).span("root", 1, 0, 0, 30);

  CHECK(outlined(job) == R"(
root
  early
  late
)");
}

TEST_CASE("orphans of one parent share one missing node") {
  Story job;
  job.span("a", 2, 9, 1, 1).span("b", 3, 9, 2, 1).span("root", 1, 0, 0, 9);

  CHECK(outlined(job) == R"(
root
(missing)
  a
  b
)");
}

TEST_CASE("in the view of one process a remote parent is elsewhere, not missing") {
  Story job;
  job.span("a", 2, 9, 1, 1);
  job.last().local_root = true;

  CHECK(outlined(job, ParentElsewhere::kRoot) == "\na\n");
  CHECK(outlined(job, ParentElsewhere::kMissing) == "\n(missing)\n  a\n");
}

TEST_CASE("a span that names itself as its parent is a root") {
  Story job;
  job.span("self", 1, 1, 0, 1);

  CHECK(outlined(job) == "\nself\n");
}

TEST_CASE("a cycle of parents is cut at its first span and loses none") {
  Story job;
  job.span("root", 1, 0, 0, 9);
  job.span("a", 2, 4, 1, 1).span("b", 3, 2, 2, 1).span("c", 4, 3, 3, 1);

  CHECK(outlined(job) == R"(
root
a
  b
    c
)");
}

TEST_CASE("a span delivered twice stands once, and the finished one stays") {
  Story first, second;
  first.span("job", 1, 0, 0, 5).unfinished();
  second.span("job", 1, 0, 0, 9);
  autospan::cli::SpanSet set;
  set.add(first.batch());
  set.add(second.batch());
  set.settle();

  REQUIRE(set.spans.size() == 1);
  CHECK_FALSE(set.spans[0].span->unfinished);
}

TEST_CASE("a chain of a hundred thousand spans is built and drawn without recursion") {
  constexpr std::uint32_t kDepth = 100'000;
  Story job;
  for (std::uint32_t i = 1; i <= kDepth; ++i) job.span("f", i, i - 1, i * 0.001, 1'000);

  const std::string drawn = job.drawn();

  CHECK(std::count(drawn.begin(), drawn.end(), '\n') == kDepth + 2);
  CHECK(drawn.find("‹99999› f") != std::string::npos);
}
