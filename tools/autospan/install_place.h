// Where the parts of autospan lie, told from where this executable lies: one rule for the build
// tree and for an installed prefix, since both hold bin/, lib/ and libexec/ side by side.
#pragma once

#include <string>
#include <vector>

namespace autospan::cli {

struct Plugin {
  unsigned clang_major = 0;
  std::string path;
};

struct InstallPlace {
  std::string root;             // the directory above bin/; empty = /proc is not there to tell
  std::string libraries;        // holds libautospan.so; empty = none found
  std::vector<Plugin> plugins;  // newest clang first
  std::vector<std::string> looked_in;  // for messages
};

// `executable` is an absolute path of .../bin/autospan.
InstallPlace find_install_place(const std::string& executable);
// Of this process.
InstallPlace own_install_place();

// ROOT/libexec/autospan/autospan-clang-<major>, newest first.
std::vector<Plugin> find_clang_tools(const InstallPlace& place);

}  // namespace autospan::cli
