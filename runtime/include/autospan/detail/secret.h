// The built-in list of names whose values are secrets: of a parameter, a member or a type. A plain
// constexpr function, read by the plugin at compile time and by TRACE_FIELDS at run time.
//
// Anywhere in the name, case-insensitive: password passwd secret token cookie credential, api…key,
// private…key. As a whole word of a snake_case or camelCase name: pwd auth authorization, so that
// `author` is none.
#ifndef AUTOSPAN_DETAIL_SECRET_H
#define AUTOSPAN_DETAIL_SECRET_H

namespace autospan::detail {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

// Position behind the first occurrence of `part` in [from, size), or -1.
constexpr long find_after(const char* name, long size, const char* part, long from) {
  for (long i = from; i < size; ++i) {
    long k = 0;
    while (part[k] && i + k < size && lower(name[i + k]) == part[k]) ++k;
    if (!part[k]) return i + k;
  }
  return -1;
}

// A word of snake_case or camelCase begins at `i`: at a letter after a non-letter, at a capital after
// a small letter, or at the last capital of a run (`HTTPAuth` is http, auth). True at non-letters.
constexpr bool word_begins(const char* name, long size, long i) {
  if (!is_letter(name[i]) || i == 0 || !is_letter(name[i - 1])) return true;
  if (!is_upper(name[i])) return false;
  return !is_upper(name[i - 1]) ||
         (i + 1 < size && is_letter(name[i + 1]) && !is_upper(name[i + 1]));
}

constexpr bool has_word(const char* name, long size, const char* word) {
  for (long i = 0; i < size; ++i) {
    if (!word_begins(name, size, i)) continue;
    long k = 0;
    while (word[k] && i + k < size && lower(name[i + k]) == word[k]) ++k;
    if (!word[k] && (i + k == size || word_begins(name, size, i + k))) return true;
  }
  return false;
}

constexpr bool is_secret_name(const char* name, long size) {
  constexpr const char* kParts[] = {"password", "passwd", "secret", "token", "cookie", "credential"};
  for (const char* part : kParts)
    if (find_after(name, size, part, 0) >= 0) return true;
  constexpr const char* kBefore[] = {"api", "private"};
  for (const char* part : kBefore) {
    const long after = find_after(name, size, part, 0);
    if (after >= 0 && find_after(name, size, "key", after) >= 0) return true;
  }
  constexpr const char* kWords[] = {"pwd", "auth", "authorization"};
  for (const char* word : kWords)
    if (has_word(name, size, word)) return true;
  return false;
}

}  // namespace autospan::detail
#endif
