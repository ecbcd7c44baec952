#include "shell_word.h"

#include "catch.hpp"

using namespace autospan::cli;

TEST_CASE("what a shell would split or expand is percent-encoded") {
  CHECK(percent_encoded("Update*") == "Update%2A");
  CHECK(percent_encoded("re:^a b[0-9]\\.$(x)`;'\"") ==
        "re:%5Ea%20b%5B0-9%5D%5C.%24%28x%29%60%3B%27%22");
  CHECK(percent_encoded("100%") == "100%25");
  CHECK(percent_encoded("a\tb\n") == "a%09b%0A");
  CHECK(percent_encoded("größe") == "größe");
}

TEST_CASE("plain words pass as they are") {
  CHECK(is_plain_word("billing::UpdateStripe"));
  CHECK(is_plain_word("/opt/auto-span_1.0/lib"));
  CHECK_FALSE(is_plain_word("Update*"));
  CHECK_FALSE(is_plain_word("100%"));
  CHECK_FALSE(is_plain_word(""));
}
