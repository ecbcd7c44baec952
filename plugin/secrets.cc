// See secrets.h.
#include "secrets.h"

#include <cctype>
#include <string>

#include "pattern.h"

namespace autospan::plugin {
namespace {

constexpr std::string_view kSecretGlobs[] = {
    "*password*", "*passwd*", "*secret*",     "*token*",
    "*api*key*",  "*cookie*", "*credential*", "*private*key*",
};
// Too short or too common inside other words (`author`): whole words only.
constexpr std::string_view kSecretWords[] = {"pwd", "auth", "authorization"};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

// A word of snake_case or camelCase begins at `i`: after a non-letter, at a capital after a small
// letter, or at the last capital of a run (`HTTPAuth` is http, auth).
bool word_begins(std::string_view name, std::size_t i) {
  if (!is_letter(name[i])) return true;
  if (i == 0 || !is_letter(name[i - 1])) return true;
  if (!is_upper(name[i])) return false;
  return !is_upper(name[i - 1]) ||
         (i + 1 < name.size() && is_letter(name[i + 1]) && !is_upper(name[i + 1]));
}

bool has_secret_word(std::string_view name) {
  std::string word;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (i == name.size() || word_begins(name, i)) {
      for (std::string_view secret : kSecretWords)
        if (word == secret) return true;
      word.clear();
    }
    if (i < name.size() && is_letter(name[i])) word += lower(name[i]);
  }
  return false;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  std::string lowered;
  for (char c : name) lowered += lower(c);
  for (std::string_view glob : kSecretGlobs)
    if (glob_matches(glob, lowered, '\0')) return true;
  return has_secret_word(name);
}

bool is_secret(const ParamFacts& param) {
  if (param.redact || is_secret_name(param.name)) return true;
  for (const std::string& type : param.type_names)
    if (is_secret_name(type)) return true;
  return false;
}

}  // namespace autospan::plugin
