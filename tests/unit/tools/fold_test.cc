#include "fold.h"

#include "catch.hpp"
#include "trace_story.h"

using story::Story;

namespace {

// `count` like siblings of 1, 2, 3, … ms under one parent.
Story loop_of(std::uint32_t count) {
  Story job;
  job.span("start", 1, 0, 0, 1'000);
  for (std::uint32_t i = 1; i <= count; ++i) job.span("UpdateUser", 100 + i, 1, 10 * i, i);
  return job;
}

std::size_t rows_of(const std::string& drawn, const std::string& name) {
  std::size_t count = 0;
  for (std::size_t at = drawn.find(name); at != std::string::npos; at = drawn.find(name, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("twenty like siblings are shown, one more folds them all into one row") {
  CHECK(rows_of(loop_of(20).drawn(), "UpdateUser") == 20);
  CHECK(rows_of(loop_of(21).drawn(), "UpdateUser") == 1);
}

TEST_CASE("a folded row tells count, p50, max and errors") {
  Story job = loop_of(40);
  job.last().error = true;

  CHECK(job.drawn() == R"(
                                                     start     took 0     1.00 s
start                                                   +0   1.00 s ████████████
└ ✗ UpdateUs… ×40 p50 20.0 ms max 40.0 ms 1 error +10.0 ms   430 ms █████▌
)");
}

TEST_CASE("a folded row tells the first error's message under it") {
  Story job = loop_of(30);
  job.error("card declined");

  CHECK(job.drawn({100, false, false, false}).find(" 1 error ") != std::string::npos);
  CHECK(job.drawn().find("! card declined\n") != std::string::npos);
}

TEST_CASE("--all unfolds") {
  CHECK(rows_of(loop_of(40).drawn(story::unfolded()), "UpdateUser") == 40);
}

TEST_CASE("what is below folded siblings is counted") {
  Story job = loop_of(21);
  job.span("post", 900, 101, 10, 1).span("post", 901, 102, 20, 1);

  CHECK(job.drawn({120, false, false, false}).find("(+2 below)") != std::string::npos);
}

TEST_CASE("an unfinished sibling stands beside the fold") {
  Story job = loop_of(30);
  job.span("UpdateUser", 800, 1, 500, 500).unfinished();

  const std::string drawn = job.drawn();
  CHECK(rows_of(drawn, "UpdateUser") == 2);
  CHECK(drawn.find("UpdateUser (unfinished)") != std::string::npos);
}

TEST_CASE("only like names fold together, each at its first one's place") {
  Story job = loop_of(25);
  job.span("cleanup", 700, 1, 900, 10);

  const auto set = job.set();
  const auto tree = autospan::cli::build_tree(set, autospan::cli::ParentElsewhere::kMissing);
  const auto groups = autospan::cli::group_siblings(tree, tree.nodes[tree.roots[0]].children, true);

  REQUIRE(groups.size() == 2);
  CHECK(groups[0].size() == 25);
  CHECK(groups[1].size() == 1);
}

TEST_CASE("p50 is the nearest rank") {
  const Story job = loop_of(4);
  const auto set = job.set();
  const auto tree = autospan::cli::build_tree(set, autospan::cli::ParentElsewhere::kMissing);

  const auto figures = autospan::cli::figures_of(tree, tree.nodes[tree.roots[0]].children);

  CHECK(figures.count == 4);
  CHECK(figures.p50_ns == 2 * story::kMs);
  CHECK(figures.max_ns == 4 * story::kMs);
}
