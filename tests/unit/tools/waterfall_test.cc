#include "catch.hpp"
#include "text_width.h"
#include "trace_story.h"

using story::Story;

TEST_CASE("a trace is drawn as a tree with bars to scale") {
  Story job;
  job.span("start", 1, 0, 0, 100);
  job.span("UpdateIntercom", 2, 1, 0, 25);
  job.span("UpdateSalesforce", 3, 1, 25, 50).field("user", "ada").field("plan", "pro");
  job.span("post", 4, 3, 30, 10);
  job.span("UpdateStripe", 5, 1, 75, 25);

  CHECK(job.drawn() == R"(
                                        start     took 0                  100 ms
start                                      +0   100 ms █████████████████████████
├ UpdateIntercom                           +0  25.0 ms ██████▌
├ UpdateSalesforce user=ada plan=pro +25.0 ms  50.0 ms       █████████████
│ └ post                             +30.0 ms  10.0 ms        ▐██
└ UpdateStripe                       +75.0 ms  25.0 ms                   ▐██████
)");
}

TEST_CASE("a failed span is marked and its message stands under it, where it came from only") {
  Story job;
  job.span("start", 1, 0, 0, 10).error("card declined");
  job.span("UpdateStripe", 2, 1, 2, 6).error("card declined");
  job.span("cleanup", 3, 1, 9, 1);

  CHECK(job.drawn() == R"(
                    start     took 0                                     10.0 ms
✗ start                +0  10.0 ms █████████████████████████████████████████████
├ ✗ UpdateStripe +2.00 ms  6.00 ms          ███████████████████████████
│   ! card declined
└ cleanup        +9.00 ms  1.00 ms                                         ▐████
)");
}

TEST_CASE("an exception's type stands before its message") {
  Story job;
  job.span("start", 1, 0, 0, 10).field("exception.type", "std::runtime_error").error("no route");

  CHECK(job.drawn().find("! std::runtime_error: no route\n") != std::string::npos);
}

TEST_CASE("a span that never ended says so and its bar is hatched") {
  Story job;
  job.span("start", 1, 0, 0, 10).unfinished();
  job.span("call", 2, 1, 5, 5).field("n", 3).unfinished();

  CHECK(job.drawn() == R"(
                           start     took 0                              10.0 ms
start (unfinished)            +0 >10.0 ms ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
└ call (unfinished) n=3 +5.00 ms >5.00 ms                    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
)");
}

TEST_CASE("a parent that nobody delivered is drawn above its children") {
  Story job;
  job.span("call", 2, 9, 0, 4);
  job.span("call", 3, 9, 6, 4);

  CHECK(job.drawn() == R"(
                                   start     took 0                      10.0 ms
(missing) span 0000000000000009
├ call                                +0  4.00 ms ████████████
└ call                          +6.00 ms  4.00 ms                   ████████████
)");
}

TEST_CASE("fields, events and links stand under their span on request") {
  Story job;
  job.span("start", 1, 0, 0, 10).field("user", "ada").event("cache miss", 4).link(7);
  job.last().code_function = "void start(std::string)";
  job.last().code_filepath = "job.cpp";
  job.last().code_lineno = 12;

  const std::string drawn = job.drawn(story::with_fields());

  CHECK(drawn.substr(drawn.find("\n  user")) == R"(
  user = ada
  code.function = void start(std::string)
  code.filepath = job.cpp:12
  trace.span_id = 0000000000000001
  • cache miss  +4.00 ms
  → linked to trace aa0102030405060708090a0b0c0d0e0f span 0000000000000007
)");
}

TEST_CASE("the user's own arguments come before dotted names, code and meta never") {
  Story job;
  job.span("start", 1, 0, 0, 10).field("code.column", 7).field("db.rows", 2).field("user_id", 42);

  CHECK(job.drawn().find("\nstart user_id=42 db.rows=2 ") != std::string::npos);
}

TEST_CASE("arguments that tell a type only, or nothing, come last") {
  Story job;
  job.span("start", 1, 0, 0, 10)
      .field("users", "<std::vector<User>>")
      .field("cursor", "")
      .field("n", 2);

  CHECK(job.drawn({120, false, false, false})
            .find("\nstart n=2 users=<std::vector<User>> cursor= ") != std::string::npos);
}

TEST_CASE("a span of another service says which") {
  Story job("billing"), server("stripe-stub");
  job.span("call", 1, 0, 0, 10);
  server.span("serve", 2, 1, 2, 5);
  autospan::cli::SpanSet set;
  set.add(job.batch());
  set.add(server.batch());
  set.settle();

  const auto tree = autospan::cli::build_tree(set, autospan::cli::ParentElsewhere::kMissing);

  CHECK(autospan::cli::waterfall(tree, set, {80, false, false, false})
            .find("└ serve [stripe-stub]") != std::string::npos);
}

TEST_CASE("no row of spans is wider than it may be, at any width") {
  Story job;
  job.span("a::name::of::a::function::that::is::long", 1, 0, 0, 1'000)
      .field("argument", "a value that is longer than any column would like it to be");
  for (std::uint32_t i = 2; i < 40; ++i)
    job.span("重い処理", i, i - 1, i, 1'000.0 - i)
        .field("キー", "値の値の値の値")
        .error("失敗しました");

  for (const unsigned width : {40u, 59u, 60u, 80u, 100u, 137u, 300u}) {
    const std::string drawn = job.drawn({width, false, false, false});
    std::size_t widest = 0;
    for (std::size_t at = 0; at < drawn.size();) {
      const std::size_t end = drawn.find('\n', at);
      widest = std::max(widest, autospan::cli::text_width(drawn.substr(at, end - at)));
      at = end + 1;
    }
    CHECK(widest <= width);
  }
}

TEST_CASE("colours are added, and nothing else changes") {
  Story job;
  job.span("start", 1, 0, 0, 10).error("no");

  std::string colored = job.drawn({80, true, false, false});

  CHECK(colored.find("\x1b[31m") != std::string::npos);
  for (std::size_t at; (at = colored.find('\x1b')) != std::string::npos;)
    colored.erase(at, colored.find('m', at) - at + 1);
  CHECK(colored == job.drawn());
}

TEST_CASE("no spans, no text") { CHECK(Story().drawn() == "\n"); }
