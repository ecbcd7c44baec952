#include "drain/enum_text.h"

#include "catch.hpp"

using autospan::drain::EnumNames;
using autospan::drain::flag_names;

TEST_CASE("flags are shown by their names") {
  const EnumNames access = {{1, "read"}, {2, "write"}, {4, "run"}, {8, "remove"}};
  CHECK(flag_names(access, 5) == "read|run");
  CHECK(flag_names(access, 15) == "read|write|run|remove");
  CHECK(flag_names(access, 16).empty());
  CHECK(flag_names(access, 17).empty());
  CHECK(flag_names(access, 0).empty());
  CHECK(flag_names(access, -1).empty());
  const EnumNames with_sums = {{0, "none"}, {1, "a"}, {2, "b"}, {3, "both"}, {4, "c"}, {16, "d"}, {1, "alias"}};
  CHECK(flag_names(with_sums, 5) == "a|c");
  CHECK(flag_names(with_sums, 20) == "c|d");
}

TEST_CASE("an enum that counts has no flags") {
  CHECK(flag_names({{0, "a"}, {1, "b"}, {2, "c"}, {3, "d"}, {4, "e"}}, 5).empty());
  CHECK(flag_names({{1, "one"}, {2, "two"}}, 3).empty());
  CHECK(flag_names({{1, "a"}, {2, "b"}, {12, "c"}}, 3).empty());
  CHECK(flag_names({{-1, "bad"}, {1, "a"}, {2, "b"}, {8, "c"}}, 3).empty());
  CHECK(flag_names({}, 3).empty());
}
