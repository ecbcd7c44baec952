// Names, keys and values are a stranger's: nothing in them may drive the terminal.
#include "catch.hpp"
#include "text_width.h"
#include "trace_story.h"

using autospan::cli::printable;
using story::Story;

namespace {

bool tame(const std::string& drawn) {
  return drawn.find_first_of("\x1b\x07\r\b\t") == std::string::npos &&
         drawn.find("\xc2\x9b") == std::string::npos &&
         drawn.find("\xe2\x80\xae") == std::string::npos;
}

}  // namespace

TEST_CASE("control characters become visible escapes") {
  CHECK(printable("a\x1b[2Jb\n\t\x07") == "a\\x1b[2Jb\\n\\t\\x07");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable("\xc2\x9b") == "\\u{9b}");  // C1's CSI
  CHECK(printable("abc\xe2\x80\xae"
                  "cba") == "abc\\u{202e}cba");  // right-to-left override
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(printable("größe 重い") == "größe 重い");
}

TEST_CASE("no name, key, value, message, event or service reaches the terminal raw") {
  const std::string evil =
      "x\x1b]0;owned\x07\r\n\b\t\xc2\x9b"
      "31m\xe2\x80\xae";
  Story job(evil);
  job.span(evil, 1, 0, 0, 10).field(evil, evil).error(evil).event(evil, 1);
  job.last().code_function = job.last().code_filepath = "a\x1b[2J";

  CHECK(tame(job.drawn()));
  CHECK(tame(job.drawn(story::with_fields())));
}

TEST_CASE("a hostile name folds as tamely") {
  Story job;
  job.span("start", 1, 0, 0, 100);
  for (std::uint32_t i = 2; i < 40; ++i) job.span("\x1b[31m", i, 1, i, 1).error("\x1b[2J");

  CHECK(tame(job.drawn()));
}

TEST_CASE("times at the ends of the world do not overflow the drawing") {
  Story job;
  job.span("old", 1, 0, 0, 1).event("later", 0);
  job.last().start_unix_ns = INT64_MIN;
  job.span("new", 2, 1, 0, 1);
  job.last().start_unix_ns = job.last().duration_ns = INT64_MAX;
  job.span("backwards", 3, 1, 0, 1);
  job.last().duration_ns = INT64_MIN;

  CHECK(job.drawn(story::with_fields()).find("new") != std::string::npos);
}
