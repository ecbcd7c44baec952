// The command line of the job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

struct Options {
  std::string api;                    // base URL of the three APIs; empty = start the stub
  std::string stub;                   // the stub's program; empty = beside this one
  std::string database = ":memory:";  // filled with made-up users where it has none
  int users = 12;
  std::uint64_t seed = 1;
  double latency_ms = 12;  // of the stub
};

// Nothing where the program has said what it had to say: `*exit_code` is then its status.
std::optional<Options> ReadOptions(int argc, char** argv, int* exit_code);
