#include "export/store_directory.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "export/variable.h"

namespace autospan {
namespace {

constexpr const char* kSystemStore = "/var/lib/autospan";

bool is_directory(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool writable_directory(const std::string& path) {
  return is_directory(path) && access(path.c_str(), W_OK | X_OK) == 0;
}

// A store that another user began keeps its inbox 0700: not ours to write.
bool system_store_is_ours() {
  if (!writable_directory(kSystemStore)) return false;
  const std::string inbox = std::string(kSystemStore) + "/" + std::string(kInboxName);
  return access(inbox.c_str(), F_OK) != 0 || writable_directory(inbox);
}

// systemd gives a list where a unit has several state directories; the first is the main one.
std::string state_directory(const Environment& env) {
  const std::string_view list = variable(env, "STATE_DIRECTORY");
  return std::string(list.substr(0, list.find(':')));
}

std::string user_store(const Environment& env) {
  const std::string_view xdg = variable(env, "XDG_STATE_HOME");
  if (!xdg.empty() && xdg[0] == '/') return std::string(xdg) + "/autospan";  // relative: invalid
  const std::string_view home = variable(env, "HOME");
  if (home.empty() || home[0] != '/') return {};
  return std::string(home) + "/.local/state/autospan";
}

void add(std::vector<std::string>& paths, std::string path) {
  if (path.empty() || std::find(paths.begin(), paths.end(), path) != paths.end()) return;
  paths.push_back(std::move(path));
}

}  // namespace

std::string absolute_path(std::string_view path) {
  if (path.empty() || path[0] == '/') return std::string(path);
  char cwd[PATH_MAX];
  if (getcwd(cwd, sizeof cwd) == nullptr) return std::string(path);
  return std::string(cwd) + "/" + std::string(path);
}

std::string store_directory(const Environment& env) {
  if (const std::string_view chosen = variable(env, "AUTOSPAN_STORE"); !chosen.empty())
    return absolute_path(chosen);
  if (system_store_is_ours()) return kSystemStore;
  if (std::string state = state_directory(env); !state.empty()) return state;
  return user_store(env);
}

std::vector<std::string> store_candidates(const Environment& env) {
  if (const std::string_view chosen = variable(env, "AUTOSPAN_STORE"); !chosen.empty())
    return {absolute_path(chosen)};
  std::vector<std::string> paths;
  add(paths, store_directory(env));
  add(paths, kSystemStore);
  add(paths, state_directory(env));
  add(paths, user_store(env));
  // A job without XDG_STATE_HOME (cron) wrote to the home's default.
  if (const std::string_view home = variable(env, "HOME"); !home.empty() && home[0] == '/')
    add(paths, std::string(home) + "/.local/state/autospan");
  return paths;
}

bool make_private_directory(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST && !is_directory(part)) return false;
    if (slash == path.npos) break;
  }
  if (is_directory(path)) return true;
  errno = ENOTDIR;
  return false;
}

}  // namespace autospan
