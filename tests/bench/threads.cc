// Attaching and leaving, and many threads at once.
#include <fmt/format.h>

#include "bench.h"
#include "programs.h"

namespace autospan::bench {

std::vector<Row> threads() {
  Pool pool;
  std::vector<std::string> names = {"plain_thread", "recording_thread"};
  for (int n = 1; n <= 64; n *= 2) {
    names.push_back(fmt::format("span_{}_threads", n));
    names.push_back(fmt::format("rate_{}_threads", n));
  }
  for (int round = 0; round < 3; ++round)
    pool.add(read_samples(recording("", own_directory() + "/threads_rows 20"), names));
  return pool.rows();
}

}  // namespace autospan::bench
