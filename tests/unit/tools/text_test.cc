#include "bar.h"
#include "catch.hpp"
#include "duration_text.h"
#include "text_width.h"

using namespace autospan::cli;

TEST_CASE("durations have three digits and a unit, two units from a minute up") {
  struct Row {
    std::int64_t ns;
    const char* text;
  };
  const Row rows[] = {{0, "0"},
                      {1, "1 ns"},
                      {999, "999 ns"},
                      {1'000, "1.00 µs"},
                      {9'994, "9.99 µs"},
                      {12'345, "12.3 µs"},
                      {999'499, "999 µs"},
                      {999'500, "1.00 ms"},
                      {123'456'789, "123 ms"},
                      {1'240'000'000, "1.24 s"},
                      {59'990'000'000, "60.0 s"},
                      {61'000'000'000, "1m 01s"},
                      {3'720'000'000'000, "1h 02m"},
                      {273'600'000'000'000, "3d 04h"},
                      {-1'500'000, "-1.50 ms"}};
  for (const Row& row : rows) CHECK(duration_text(row.ns) == row.text);
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(text_width("abc") == 3);
  CHECK(text_width("größe") == 5);
  CHECK(text_width("重い") == 4);
  CHECK(text_width("e\xcc\x81") == 1);  // a combining accent
  CHECK(text_width("├ ✗ ×") == 5);
}

TEST_CASE("a cut keeps whole characters and says that it is one") {
  CHECK(cut_to_width("abcdef", 6) == "abcdef");
  CHECK(cut_to_width("abcdef", 4) == "abc…");
  CHECK(cut_to_width("重い処理", 4) == "重…");
  CHECK(cut_to_width("abc", 0).empty());
}

TEST_CASE("of a qualified name the end is kept") {
  CHECK(keep_end_of("billing::Update", 20) == "billing::Update");
  CHECK(keep_end_of("billing::Update", 10) == "…g::Update");
  CHECK(keep_end_of("重い処理", 4) == "…理");
  CHECK(keep_end_of("abc", 0).empty());
}

TEST_CASE("a bar shows the shortest run and never leaves its columns") {
  CHECK(bar({{0, 100}}, 0, 100, 4, BarFill::kSolid) == "████");
  CHECK(bar({{50, 100}}, 0, 100, 4, BarFill::kSolid) == "  ██");
  CHECK(bar({{0, 0}}, 0, 100, 4, BarFill::kSolid) == "▌");
  CHECK(bar({{100, 100}}, 0, 100, 4, BarFill::kSolid) == "   ▐");
  CHECK(bar({{-50, 500}}, 0, 100, 4, BarFill::kHatched) == "▒▒▒▒");
  CHECK(bar({{0, 10}, {90, 100}}, 0, 100, 4, BarFill::kSolid) == "▌  ▐");
  CHECK(bar({{7, 7}}, 7, 7, 4, BarFill::kSolid) == "▌");
}
