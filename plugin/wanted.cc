// See wanted.h.
#include "wanted.h"

#include <algorithm>

#include "pattern.h"

namespace autospan::plugin {
namespace {

// The first `count` names of a path, all of it where there are no more.
std::string_view first_names(std::string_view path, std::size_t count) {
  std::size_t at = 0;
  for (; count > 1; --count) {
    const std::size_t dot = path.find('.', at);
    if (dot == path.npos) return path;
    at = dot + 1;
  }
  return path.substr(0, path.find('.', at));
}

std::size_t count_names(std::string_view path) {
  return 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
}

bool is_under(std::string_view path, std::string_view glob) {
  return glob == "**" || (count_names(path) >= count_names(glob) &&
                          glob_matches(glob, first_names(path, count_names(glob)), '.'));
}

bool is_written_out(std::string_view glob) { return glob.find_first_of("*?\\") == glob.npos; }

}  // namespace

bool Wanted::takes(std::string_view path) const {
  return std::any_of(paths_.begin(), paths_.end(),
                     [&](const std::string& glob) { return is_under(path, glob); });
}

bool Wanted::reaches(std::string_view path) const {
  return takes(path) || std::any_of(paths_.begin(), paths_.end(), [&](const std::string& glob) {
           return glob_matches(first_names(glob, count_names(path)), path, '.');
         });
}

bool Wanted::names(std::string_view path) const {
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& glob) {
    return is_written_out(glob) && count_names(glob) >= count_names(path) &&
           first_names(glob, count_names(path)) == path;
  });
}

}  // namespace autospan::plugin
