#include "install_place.h"

#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace autospan::cli {
namespace {

constexpr std::string_view kRuntime = "/libautospan.so";
constexpr std::string_view kRuntimeVersioned = "/libautospan.so.1";

std::string parent(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// `<prefix><major><ending>` in a directory.
std::vector<Plugin> find_by_major(const std::string& directory, std::string_view prefix,
                                  std::string_view ending) {
  std::vector<Plugin> found;
  DIR* const dir = opendir(directory.c_str());
  if (dir == nullptr) return found;
  while (const dirent* const entry = readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (name.size() <= prefix.size() + ending.size() || name.substr(0, prefix.size()) != prefix ||
        name.substr(name.size() - ending.size()) != ending)
      continue;
    const char* const end = name.data() + name.size() - ending.size();
    unsigned major = 0;
    const auto [p, error] = std::from_chars(name.data() + prefix.size(), end, major);
    if (error == std::errc() && p == end)
      found.push_back({major, directory + "/" + std::string(name)});
  }
  closedir(dir);
  std::sort(found.begin(), found.end(),
            [](const Plugin& a, const Plugin& b) { return a.clang_major > b.clang_major; });
  return found;
}

}  // namespace

InstallPlace find_install_place(const std::string& executable) {
  InstallPlace place;
  place.root = parent(parent(executable));
  // AUTOSPAN_LIBDIR is where this build installs its libraries; a build tree has lib/.
  for (const char* name : {"/lib", "/" AUTOSPAN_LIBDIR}) {
    const std::string directory = place.root + name;
    if (std::find(place.looked_in.begin(), place.looked_in.end(), directory) !=
        place.looked_in.end())
      continue;
    place.looked_in.push_back(directory);
    if (place.libraries.empty() && (exists(directory + std::string(kRuntime)) ||
                                    exists(directory + std::string(kRuntimeVersioned))))
      place.libraries = directory;
    if (place.plugins.empty())
      place.plugins = find_by_major(directory + "/autospan", "AutospanClang-", ".so");
  }
  return place;
}

InstallPlace own_install_place() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0 || static_cast<std::size_t>(length) == sizeof path) return {};
  return find_install_place({path, static_cast<std::size_t>(length)});
}

std::vector<Plugin> find_clang_tools(const InstallPlace& place) {
  return find_by_major(place.root + "/libexec/autospan", "autospan-clang-", "");
}

}  // namespace autospan::cli
