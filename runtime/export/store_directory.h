// Where the local store lies (design §6), for who writes it and for who looks for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "export/pipeline.h"

namespace autospan {

inline constexpr std::string_view kInboxName = "inbox";

// The directory that a writer takes: AUTOSPAN_STORE; /var/lib/autospan where it exists and we may
// write to it; STATE_DIRECTORY; XDG_STATE_HOME/autospan; ~/.local/state/autospan. Absolute, not yet
// created. Empty where none applies (no HOME).
std::string store_directory(const Environment& env);

// Every directory that the rule could have chosen, best first, each once: only AUTOSPAN_STORE where
// that is set. They need not exist.
std::vector<std::string> store_candidates(const Environment& env);

// "a/b" in the working directory of now: a job may change directory before it writes.
std::string absolute_path(std::string_view path);

// Creates `path` and what is missing above it with mode 0700. False with errno if it is no
// directory afterwards.
bool make_private_directory(const std::string& path);

}  // namespace autospan
