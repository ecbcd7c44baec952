// inject_json.h at run time: what a container's elements look like as one JSON text.
#define __AUTOSPAN_PLUGIN_ABI 1
#include "header/inject.h"
#include "header/inject_json.h"

#include <string>

#include "catch.hpp"
#include "secrets.h"

namespace {

struct Field {
  std::string key, text;
  bool cut = false;
  int count = 0;
} field;

__autospan_slot text(const std::string& bytes) {
  return __autospan_slot_text(bytes.data(), bytes.size());
}

std::string string_of(const std::string& bytes) {
  __autospan_json json;
  __autospan_json_begin(&json);
  __autospan_json_slot(&json, text(bytes));
  return {json.text, json.size};
}

std::string number_of(__UINT64_TYPE__ word, __UINT8_TYPE__ type) {
  __autospan_json json;
  __autospan_json_begin(&json);
  __autospan_json_slot(&json, __autospan_slot_word(word, type));
  return {json.text, json.size};
}

}  // namespace

extern "C" void autospan_v1_field_key(const char* key, __SIZE_TYPE__ length,
                                      const __autospan_slot* slot) {
  field = {std::string(key, length),
           std::string(reinterpret_cast<const char*>(slot->word), slot->length), slot->flags == 1,
           field.count + 1};
}
extern "C" void autospan_v1_exit(__autospan_guard) {}

TEST_CASE("strings are JSON whatever their bytes") {
  CHECK(string_of("a\"b\\") == R"("a\"b\\")");
  CHECK(string_of(std::string("\n\0", 2)) == R"("\u000a\u0000")");
  CHECK(string_of("\xc3\xa9\xf0\x9f\x98\x80") == "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  CHECK(string_of("\xff\xc3") == R"("\ufffd\ufffd")");
  CHECK(string_of("\xc0\x80") == R"("\ufffd\ufffd")");
  CHECK(string_of("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
  CHECK(string_of(std::string(300, 'x')).size() == 258);
  CHECK(string_of(std::string(255, 'x') + "\xc3\xa9").size() == 257);
}

TEST_CASE("numbers") {
  CHECK(number_of(~0ull, 2) == "-1");
  CHECK(number_of(1ull << 63, 2) == "-9223372036854775808");
  CHECK(number_of(~0ull, 3) == "18446744073709551615");
  CHECK(number_of(__autospan_word_f64(0.1), 4) == "0.1");
  CHECK(number_of(__autospan_word_f64(1.0 / 0.0), 4) == "null");
  CHECK(number_of(__autospan_word_f32(0.1f), 14) == "0.1");
  CHECK(number_of(1500000, 11) == "1.5");
  CHECK(number_of(0, 6) == R"("0x0")");
  CHECK(number_of(0x7fff1234, 6) == R"("0x7fff1234")");
  CHECK(number_of(0x20ac, 7) == "\"\xe2\x82\xac\"");
  CHECK(number_of(0xd800, 7) == "\"\xef\xbf\xbd\"");
  CHECK(number_of(0, 0) == "null");
}

TEST_CASE("what does not fit is taken back by whole elements") {
  __autospan_json json;
  __autospan_json_begin(&json);
  __autospan_json_open(&json, '[');
  for (int i = 0; i < 4; ++i) {
    __autospan_json_slot(&json, text(std::string(250, 'a' + static_cast<char>(i))));
    __autospan_json_keep(&json);
  }
  __autospan_json_end(&json, ']', "p", 1);
  CHECK(field.cut);
  CHECK(field.text.size() == 1 + 3 * 253);
  CHECK(field.text.substr(field.text.size() - 3) == "c\"]");
}

TEST_CASE("not even one element: no field") {
  __autospan_json json;
  const int before = field.count;
  __autospan_json_begin(&json);
  __autospan_json_open(&json, '[');
  __autospan_json_open(&json, '[');
  for (int i = 0; i < 9; ++i) __autospan_json_slot(&json, text(std::string(250, 'x')));
  __autospan_json_close(&json, ']');
  __autospan_json_keep(&json);
  __autospan_json_end(&json, ']', "p", 1);
  CHECK(field.count == before);
}

TEST_CASE("the list of secrets is the one of autospan/detail/secret.h") {
  for (const char* name :
       {"password", "DB_PASSWD", "secret", "authToken", "Cookies", "credentials", "api_key",
        "stripeApiSecretKey", "privateKey", "private", "api", "key", "key_api", "pwd", "userPwd",
        "pwdx", "auth", "httpAuth", "HTTPAuth", "HTTPAUTH", "author", "authors", "user_auth",
        "authorization", "Authorization", "authority", "unauthorized", "", "_", "7", "pass word",
        "tOkEn", "aPwd2", "2auth", "auth2", "Auth.Header"}) {
    const std::string text = name;
    CHECK(bool(__autospan_is_secret(name, static_cast<long>(text.size()))) ==
          autospan::plugin::is_secret_name(name));
  }
}

namespace {

bool hides(const std::string& key, int defaults, const std::string& globs) {
  __autospan_json json;
  __autospan_json_begin(&json);
  const bool shown = __autospan_json_map_key(&json, text(key), defaults, globs.c_str());
  const bool redacted = std::string(json.text, json.size).find("[redacted]") != std::string::npos;
  CHECK(redacted != shown);
  return redacted;
}

}  // namespace

TEST_CASE("a map's key is judged by the built-in list and by the rules' globs") {
  using namespace std::string_literals;
  const std::string globs = "*iban*\0tax?\0"s;
  CHECK(hides("password", 1, ""));
  CHECK_FALSE(hides("password", 0, ""));
  CHECK(hides("Customer_IBAN", 1, globs));
  CHECK(hides("TaxA", 0, globs));
  CHECK_FALSE(hides("taxes", 1, globs));
  CHECK_FALSE(hides("street", 1, globs));
}

TEST_CASE("the globs mean the same at run time and in the compiler") {
  for (const std::string glob : {"*", "*a", "a*", "*a*b*", "?", "a?c", "a*a*a", "ab", "*?b", "**b"})
    for (const std::string name : {"", "a", "A", "ab", "aB", "abc", "aXc", "aaa", "aba", "bab", "abab"}) {
      const autospan::plugin::SecretNames secrets{{glob}, false};
      CHECK(bool(__autospan_glob_matches(glob.c_str(), name.data(), long(name.size()))) ==
            secrets.take(name));
    }
}
