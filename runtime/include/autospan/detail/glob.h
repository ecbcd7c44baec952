// Globs over function names, the one matcher of plugin, switches and hooks. Plain constexpr functions
// on bytes: no library, no allocation, no recursion.
//
//   Update*       no `::`: matched against the function's own name
//   billing::*    with `::`: against the qualified name; `*` and `?` do not cross `::`, `**` does
//
// `\` takes the next character as it is.
#ifndef AUTOSPAN_DETAIL_GLOB_H
#define AUTOSPAN_DETAIL_GLOB_H

namespace autospan::detail {

constexpr bool is_qualified(const char* glob, long size) {
  for (long i = 0; i + 1 < size; ++i)
    if (glob[i] == ':' && glob[i + 1] == ':') return true;
  return false;
}

// Where the last component of a qualified name begins. A conversion operator's type is part of it:
// `Id::operator std::string` is `operator std::string`.
constexpr long own_name_at(const char* name, long size) {
  constexpr char kConversion[] = "operator ";
  constexpr long kLength = sizeof kConversion - 1;
  long begin = 0;
  for (long i = 0; i < size; ++i) {
    long k = 0;
    while (i == begin && k < kLength && i + k < size && name[i + k] == kConversion[k]) ++k;
    if (k == kLength) return begin;
    if (i + 1 < size && name[i] == ':' && name[i + 1] == ':') begin = ++i + 1;
  }
  return begin;
}

// The whole of `name` against `glob`. `*` and `?` do not cross `stop`: ':' stands for `::`, a single
// colon is a character like others; 0 for none.
//
// One retry point a kind of star: a later star never needs an earlier one again, except that a single
// star, once it would have to cross `stop`, hands back to the last double star.
constexpr bool glob_matches(const char* glob, long glob_size, const char* name, long name_size,
                            char stop) {
  struct Retry {
    long glob = -1, name = 0;
  };
  Retry single, twice;
  long g = 0, n = 0;
  const auto stops = [&](long at) {
    if (stop == 0 || name[at] != stop) return false;
    return stop != ':' || (at + 1 < name_size && name[at + 1] == ':') ||
           (at > 0 && name[at - 1] == ':');
  };
  for (;;) {
    if (g < glob_size && glob[g] == '*') {
      const bool crosses = g + 1 < glob_size && glob[g + 1] == '*';
      g += crosses ? 2 : 1;
      (crosses ? twice : single) = {g, n};
      if (crosses) single = {};
      continue;
    }
    if (n == name_size && g == glob_size) return true;
    if (n < name_size && g < glob_size) {
      const bool escaped = glob[g] == '\\' && g + 1 < glob_size;
      if (escaped          ? glob[g + 1] == name[n]
          : glob[g] == '?' ? !stops(n)
                           : glob[g] == name[n]) {
        g += escaped ? 2 : 1;
        ++n;
        continue;
      }
    }
    // The name ran out behind the last single star: whatever came before it, that star would only
    // begin further right.
    if (single.glob >= 0 && single.name == name_size) return false;
    if (single.glob >= 0 && !stops(single.name)) {
      g = single.glob;
      n = ++single.name;
    } else if (twice.glob >= 0 && twice.name < name_size) {
      g = twice.glob;
      n = ++twice.name;
      single = {};
    } else {
      return false;
    }
  }
}

// A glob over a qualified name, by the rule above.
constexpr bool glob_takes(const char* glob, long glob_size, const char* name, long name_size) {
  if (is_qualified(glob, glob_size)) return glob_matches(glob, glob_size, name, name_size, ':');
  const long own = own_name_at(name, name_size);
  return glob_matches(glob, glob_size, name + own, name_size - own, 0);
}

// What is wrong with a glob, as the end of a sentence that begins with it; null = nothing.
constexpr const char* glob_fault(const char* glob, long size) {
  if (size == 0) return "is empty";
  long stars = 0;
  bool escaped = false;
  for (long i = 0; i < size; ++i) {
    const char c = glob[i];
    if (c == '\t' || c == '\n' || c == '\r') return "holds a tab or a line break";
    stars = c == '*' && !escaped ? stars + 1 : 0;
    if (stars == 3) return "has three stars in a row; use * or **";
    escaped = c == '\\' && !escaped;
  }
  return escaped ? "ends in a lone backslash" : nullptr;
}

}  // namespace autospan::detail
#endif
