// Strings and numbers as JSON.
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "wire/json_number.h"
#include "wire/json_text.h"

using namespace autospan::wire;

namespace {

std::string json_text(std::string_view text, std::size_t max = kTextBytesMax) {
  ByteBuffer out;
  append_json_text(out, text, max);
  return std::string(out.view());
}

template <typename Real>
std::string real(Real v) {
  char text[kNumberBytes];
  return std::string(text, put_real(text, v));
}

std::string milliseconds(std::int64_t ns) {
  char text[kNumberBytes];
  return std::string(text, put_milliseconds(text, ns));
}

}  // namespace

TEST_CASE("a text is quoted and escaped where JSON wants it, and nowhere else") {
  CHECK(json_text("") == R"("")");
  CHECK(json_text("plain text of more than eight bytes / with slash") ==
        R"("plain text of more than eight bytes / with slash")");
  CHECK(json_text("q\"k\\\n\r\t\b\f") == R"("q\"k\\\n\r\t\b\f")");
  CHECK(json_text(std::string_view("\0\x1f\x7f", 3)) == "\"\\u0000\\u001f\x7f\"");
  CHECK(json_text("ünï €🙂") == "\"ünï €🙂\"");
}

TEST_CASE("a special byte is found at every place of the sixteen that are looked at together") {
  for (std::size_t length = 1; length < 70; ++length)
    for (std::size_t at = 0; at < length; ++at)
      for (char special : {'"', '\\', '\n', '\x01', '\x1f'}) {
        std::string text(length, 'x');
        text[at] = special;
        const std::string json = json_text(text);
        REQUIRE(nlohmann::json::parse(json).get<std::string>() == text);
        REQUIRE(json.size() == length + 2 + (special == '\x01' || special == '\x1f' ? 5 : 1));
      }
}

TEST_CASE("every byte value alone and in a row becomes valid JSON that reads back") {
  std::string all;
  for (int c = 0; c < 256; ++c) {
    all += static_cast<char>(c);
    const std::string one(1, static_cast<char>(c));
    const std::string back = nlohmann::json::parse(json_text(one)).get<std::string>();
    REQUIRE(back == (c < 0x80 ? one : "\xEF\xBF\xBD"));
  }
  CHECK_NOTHROW(nlohmann::json::parse(json_text(all)));
}

TEST_CASE("what is not UTF-8 becomes one U+FFFD a broken sequence") {
  const auto read = [](std::string_view text) {
    return nlohmann::json::parse(json_text(text)).get<std::string>();
  };
  const std::string kBad = "\xEF\xBF\xBD";
  CHECK(read("a\xff"
             "b") == "a" + kBad + "b");
  CHECK(read("\xe2\x82") == kBad);  // cut short
  CHECK(read("\xe2\x82x") == kBad + "x");
  CHECK(read("\xc0\xaf") == kBad + kBad);                        // overlong
  CHECK(read("\xed\xa0\x80") == kBad + kBad + kBad);             // a surrogate
  CHECK(read("\xf4\x90\x80\x80") == kBad + kBad + kBad + kBad);  // above U+10FFFF
  CHECK(read("\xf0\x9f\x99") == kBad);
}

TEST_CASE("a long text is cut between two code points and says so") {
  ByteBuffer out;
  CHECK_FALSE(append_json_text(out, "ünï", 5));
  out.clear();
  CHECK(append_json_text(out, "ünï", 4));
  CHECK(out.view() == "\"ün\"");
  out.clear();
  CHECK(append_json_text(out, "plain text", 5));
  CHECK(out.view() == "\"plain\"");
  out.clear();
  CHECK(append_json_text(out, std::string(70'000, 'x')));
  CHECK(out.size() == kTextBytesMax + 2);
  out.clear();
  CHECK(append_json_text(out, std::string(70'000, '\xff')));  // each byte would grow to three
  CHECK(nlohmann::json::parse(out.view()).get<std::string>().size() == kTextBytesMax);
  out.clear();
  CHECK_FALSE(append_json_text(out, std::string(kTextBytesMax, '\n')));
  CHECK(out.size() == 2 * kTextBytesMax + 2);
}

TEST_CASE("numbers read back to the same bits and keep their kind") {
  CHECK(real(0.1f) == "0.1");
  CHECK(real(0.1) == "0.1");
  CHECK(real(5.0) == "5.0");
  CHECK(real(-0.0) == "-0.0");
  CHECK(real(1e300) == "1e+300");
  CHECK(real(std::numeric_limits<double>::denorm_min()) == "5e-324");
  CHECK(real(std::numeric_limits<double>::lowest()) == "-1.7976931348623157e+308");
  CHECK(real(16777216.0f) == "16777216.0");
  char text[kNumberBytes];
  CHECK(std::string(text, put_integer(text, INT64_MIN)) == "-9223372036854775808");
  CHECK(std::string(text, put_unsigned(text, UINT64_MAX)) == "18446744073709551615");
}

TEST_CASE("nanoseconds become exact milliseconds") {
  CHECK(milliseconds(0) == "0.0");
  CHECK(milliseconds(1) == "0.000001");
  CHECK(milliseconds(222'448) == "0.222448");
  CHECK(milliseconds(1'500'000) == "1.5");
  CHECK(milliseconds(3'600'000'000'000) == "3600000.0");
  CHECK(milliseconds(INT64_MAX) == "9223372036854.775807");
  CHECK(milliseconds(-1'500'000) == "-1.5");
}
