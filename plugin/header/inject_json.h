/* The first elements of a container as one JSON text: what the code that `capture:` asks for calls.
 * Read after inject.h, and only where some rule has a `capture:`; under the same restrictions.
 *
 * The text lies on the stack. An element that does not fit is taken back as a whole, so that what is
 * kept is JSON. Strings show 256 bytes; what is no UTF-8 becomes U+FFFD. */
#pragma GCC system_header
#ifndef __AUTOSPAN_INJECT_JSON_H
#define __AUTOSPAN_INJECT_JSON_H
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#ifdef __cplusplus
extern "C" {
#endif

#define __AUTOSPAN_STATIC static __attribute__((__nodebug__, __unused__, __nothrow__, __noinline__))

typedef struct __autospan_json {
  __UINT32_TYPE__ size;
  __UINT32_TYPE__ kept; /* the text's length up to the last element that is whole */
  __UINT8_TYPE__ comma; /* a value stands before */
  __UINT8_TYPE__ full;
  __UINT8_TYPE__ cut;
  char text[1000];
} __autospan_json;

__AUTOSPAN_STATIC void __autospan_json_put(__autospan_json* json, char c) {
  if (json->size + 1 >= sizeof json->text) /* the last one is for the closing bracket */
    json->full = 1;
  else
    json->text[json->size++] = c;
}
__AUTOSPAN_STATIC void __autospan_json_literal(__autospan_json* json, const char* text) {
  while (*text) __autospan_json_put(json, *text++);
}
__AUTOSPAN_STATIC void __autospan_json_value_begins(__autospan_json* json) {
  if (json->comma) __autospan_json_put(json, ',');
  json->comma = 1;
}

/* Bytes of the code point at the front of a text, 0: it is no UTF-8. */
__AUTOSPAN_STATIC __SIZE_TYPE__ __autospan_json_code_point(const char* text, __SIZE_TYPE__ length) {
  unsigned char first = (unsigned char)*text;
  __SIZE_TYPE__ bytes = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (bytes > length) return 0;
  for (__SIZE_TYPE__ i = 1; i < bytes; ++i)
    if ((text[i] & 0xc0) != 0x80) return 0;
  if (bytes >= 3) {
    unsigned char second = (unsigned char)text[1];
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    if (first == 0xf0 && second < 0x90) return 0;
    if (first == 0xf4 && second > 0x8f) return 0;
  }
  return bytes;
}
__AUTOSPAN_STATIC void __autospan_json_string(__autospan_json* json, const char* text,
                                              __SIZE_TYPE__ length) {
  const char* hex = "0123456789abcdef";
  __SIZE_TYPE__ at = 0;
  __autospan_json_put(json, '"');
  while (at < length) {
    unsigned char c = (unsigned char)text[at];
    __SIZE_TYPE__ bytes = __autospan_json_code_point(text + at, length - at);
    if (at + (bytes ? bytes : 1) > 256) break;
    if (c < 0x20) {
      __autospan_json_literal(json, "\\u00");
      __autospan_json_put(json, hex[c >> 4]);
      __autospan_json_put(json, hex[c & 15]);
      ++at;
    } else if (!bytes) {
      __autospan_json_literal(json, "\\ufffd");
      ++at;
    } else {
      if (c == '"' || c == '\\') __autospan_json_put(json, '\\');
      for (; bytes; --bytes) __autospan_json_put(json, text[at++]);
    }
  }
  if (at < length) json->cut = 1;
  __autospan_json_put(json, '"');
}
__AUTOSPAN_STATIC void __autospan_json_number(__autospan_json* json, __UINT64_TYPE__ value,
                                              int negative) {
  char digits[20];
  unsigned n = 0;
  if (negative) __autospan_json_put(json, '-');
  do digits[n++] = (char)('0' + value % 10);
  while (value /= 10);
  while (n) __autospan_json_put(json, digits[--n]);
}
__AUTOSPAN_STATIC void __autospan_json_signed(__autospan_json* json, __UINT64_TYPE__ word) {
  int negative = (__INT64_TYPE__)word < 0;
  __autospan_json_number(json, negative ? 0 - word : word, negative);
}
__AUTOSPAN_STATIC void __autospan_json_real(__autospan_json* json, double value, int digits) {
  char text[40];
  int n = 0;
  if (!(value - value == 0)) {
    __autospan_json_literal(json, "null");
    return;
  }
  __builtin_snprintf(text, sizeof text, "%.*g", digits, value);
  for (; text[n]; ++n) __autospan_json_put(json, text[n] == ',' ? '.' : text[n]); /* a locale */
}
__AUTOSPAN_STATIC void __autospan_json_character(__autospan_json* json, __UINT64_TYPE__ code) {
  char text[4];
  unsigned n = 0;
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  if (code < 0x80) {
    text[n++] = (char)code;
  } else {
    if (code >= 0x10000) text[n++] = (char)(0xf0 | code >> 18);
    if (code >= 0x10000) text[n++] = (char)(0x80 | (code >> 12 & 63));
    if (code >= 0x800 && code < 0x10000) text[n++] = (char)(0xe0 | code >> 12);
    if (code >= 0x800) text[n++] = (char)(0x80 | (code >> 6 & 63));
    if (code < 0x800) text[n++] = (char)(0xc0 | code >> 6);
    text[n++] = (char)(0x80 | (code & 63));
  }
  __autospan_json_string(json, text, n);
}
__AUTOSPAN_STATIC void __autospan_json_address(__autospan_json* json, __UINT64_TYPE__ word) {
  int shift = 60;
  __autospan_json_literal(json, "\"0x");
  while (shift && !(word >> shift)) shift -= 4;
  for (; shift >= 0; shift -= 4) __autospan_json_put(json, "0123456789abcdef"[word >> shift & 15]);
  __autospan_json_put(json, '"');
}

/* The types are AUTOSPAN_* of abi.h. A duration is in milliseconds, a time in nanoseconds. */
__AUTOSPAN_STATIC void __autospan_json_slot(__autospan_json* json, __autospan_slot slot) {
  double real;
  float narrow;
  __UINT32_TYPE__ half = (__UINT32_TYPE__)slot.word;
  __autospan_json_value_begins(json);
  if (slot.flags) json->cut = 1;
  switch (slot.type) {
    case 1:
      __autospan_json_literal(json, slot.word ? "true" : "false");
      return;
    case 2:
    case 12:
      __autospan_json_signed(json, slot.word);
      return;
    case 3:
      __autospan_json_number(json, slot.word, 0);
      return;
    case 4:
      __builtin_memcpy(&real, &slot.word, sizeof real);
      __autospan_json_real(json, real, 15);
      return;
    case 5:
      __autospan_json_string(json, (const char*)(__UINTPTR_TYPE__)slot.word, slot.length);
      return;
    case 6:
      __autospan_json_address(json, slot.word);
      return;
    case 7:
      __autospan_json_character(json, slot.word);
      return;
    case 11:
      __autospan_json_real(json, (double)(__INT64_TYPE__)slot.word / 1e6, 15);
      return;
    case 14:
      __builtin_memcpy(&narrow, &half, sizeof narrow);
      __autospan_json_real(json, narrow, 7);
      return;
    default:
      __autospan_json_literal(json, "null");
  }
}
__AUTOSPAN_STATIC void __autospan_json_enum(__autospan_json* json, __UINT64_TYPE__ word,
                                            const __autospan_enum_name* names,
                                            __SIZE_TYPE__ count) {
  __autospan_json_value_begins(json);
  for (; count; --count, ++names)
    if (names->value == (__INT64_TYPE__)word) {
      __autospan_json_string(json, names->name, __builtin_strlen(names->name));
      return;
    }
  __autospan_json_signed(json, word);
}

__AUTOSPAN_STATIC void __autospan_json_open(__autospan_json* json, char bracket) {
  __autospan_json_value_begins(json);
  __autospan_json_put(json, bracket);
  json->comma = 0;
}
__AUTOSPAN_STATIC void __autospan_json_close(__autospan_json* json, char bracket) {
  __autospan_json_put(json, bracket);
  json->comma = 1;
}
__AUTOSPAN_STATIC void __autospan_json_key(__autospan_json* json, const char* key,
                                           __SIZE_TYPE__ length) {
  __autospan_json_value_begins(json);
  __autospan_json_string(json, key, length);
  __autospan_json_put(json, ':');
  json->comma = 0;
}

/* The built-in list of autospan/detail/secret.h, for the keys of maps. */
__AUTOSPAN_STATIC char __autospan_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
__AUTOSPAN_STATIC int __autospan_is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
__AUTOSPAN_STATIC int __autospan_word_begins(const char* name, long size, long i) {
  if (!__autospan_is_letter(name[i]) || i == 0 || !__autospan_is_letter(name[i - 1])) return 1;
  if (name[i] >= 'a') return 0;
  return name[i - 1] >= 'a' || (i + 1 < size && name[i + 1] >= 'a' && name[i + 1] <= 'z');
}
/* Behind the first `part` from a place on, or -1. */
__AUTOSPAN_STATIC long __autospan_find_after(const char* name, long size, const char* part,
                                             long from, int whole_word) {
  for (long i = from; i < size; ++i) {
    long k = 0;
    while (part[k] && i + k < size && __autospan_lower(name[i + k]) == part[k]) ++k;
    if (part[k]) continue;
    if (!whole_word || (__autospan_word_begins(name, size, i) &&
                        (i + k == size || __autospan_word_begins(name, size, i + k))))
      return i + k;
  }
  return -1;
}
__AUTOSPAN_STATIC int __autospan_is_secret(const char* name, long size) {
  static const char* const parts[] = {"password", "passwd", "secret", "token", "cookie", "credential"};
  static const char* const before[] = {"api", "private"};
  static const char* const words[] = {"pwd", "auth", "authorization"};
  for (unsigned i = 0; i < 6; ++i)
    if (__autospan_find_after(name, size, parts[i], 0, 0) >= 0) return 1;
  for (unsigned i = 0; i < 2; ++i) {
    long after = __autospan_find_after(name, size, before[i], 0, 0);
    if (after >= 0 && __autospan_find_after(name, size, "key", after, 0) >= 0) return 1;
  }
  for (unsigned i = 0; i < 3; ++i)
    if (__autospan_find_after(name, size, words[i], 0, 1) >= 0) return 1;
  return 0;
}
/* `redact:` of the rules: a glob in lower case over the whole name. */
__AUTOSPAN_STATIC int __autospan_glob_matches(const char* glob, const char* name, long size) {
  const char* star = 0;
  long i = 0, retry = 0;
  for (;;) {
    if (*glob == '*') {
      star = ++glob;
      retry = i;
    } else if (i == size && !*glob) {
      return 1;
    } else if (i < size && *glob && (*glob == '?' || *glob == __autospan_lower(name[i]))) {
      ++glob;
      ++i;
    } else if (star && retry < size) {
      glob = star;
      i = ++retry;
    } else {
      return 0;
    }
  }
}
/* A key of a map, which is text. 0: its name says that the value is not to be read, and that is written.
 * `globs` are one after another, each with a zero behind it, and an empty one at the end. */
__AUTOSPAN_STATIC int __autospan_json_map_key(__autospan_json* json, __autospan_slot key, int defaults,
                                              const char* globs) {
  const char* text = (const char*)(__UINTPTR_TYPE__)key.word;
  int secret;
  if (key.type != 5) text = "", key.length = 0;
  __autospan_json_key(json, text, key.length);
  secret = defaults && __autospan_is_secret(text, key.length);
  for (; !secret && *globs; globs += __builtin_strlen(globs) + 1)
    secret = __autospan_glob_matches(globs, text, key.length);
  if (!secret) return 1;
  __autospan_json_literal(json, "\"[redacted]\"");
  json->comma = 1;
  return 0;
}

__AUTOSPAN_STATIC void __autospan_json_begin(__autospan_json* json) {
  json->size = json->kept = json->comma = json->full = json->cut = 0;
}
/* How many of so many elements are shown. */
__AUTOSPAN_STATIC __SIZE_TYPE__ __autospan_json_limit(__autospan_json* json, __SIZE_TYPE__ size) {
  if (size <= 4) return size;
  json->cut = 1;
  return 4;
}
/* A pointer to elements of so many bytes goes on to the next one. Not by ++ where it stands: that would
 * be an unsafe buffer to -Wunsafe-buffer-usage. */
__AUTOSPAN_STATIC void __autospan_json_next(void* pointer, __SIZE_TYPE__ bytes) {
  const char* at;
  __builtin_memcpy(&at, pointer, sizeof at);
  at += bytes;
  __builtin_memcpy(pointer, &at, sizeof at);
}
/* An element of the outermost container is whole. */
__AUTOSPAN_STATIC void __autospan_json_keep(__autospan_json* json) {
  if (!json->full) json->kept = json->size;
}
/* Ends the outermost container and hands the text over. */
__AUTOSPAN_STATIC void __autospan_json_end(__autospan_json* json, char bracket, const char* key,
                                           __SIZE_TYPE__ length) {
  __autospan_slot slot = {0, 0, 13, 0, 0};
  if (json->full) {
    if (!json->kept) return; /* not even one element */
    json->size = json->kept;
    json->cut = 1;
  }
  json->text[json->size++] = bracket;
  slot.word = (__UINT64_TYPE__)(__UINTPTR_TYPE__)json->text;
  slot.length = json->size;
  slot.flags = json->cut;
  __autospan_field_key(key, length, &slot);
}
#undef __AUTOSPAN_STATIC

#ifdef __cplusplus
}
#endif
#pragma clang diagnostic pop
#endif
