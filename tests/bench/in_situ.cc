// What a span costs in code that does something: over the same body bare, and beside two clock
// readings.
#include "bench.h"
#include "programs.h"

namespace autospan::bench {

std::vector<Row> in_situ() {
  Pool pool;
  std::vector<std::string> names;
  const char* const bodies[] = {"hash", "parse", "map", "syscall"};
  for (const std::string body : bodies)
    for (const char* how : {"_bare", "_clocks", "_span"}) names.push_back(body + how);
  for (int round = 0; round < 5; ++round)
    pool.add(read_samples(recording("", own_directory() + "/in_situ_rows 100 2000"), names));
  std::vector<Row> rows = pool.rows();
  for (const std::string body : bodies)
    for (const std::string how : {"clocks", "span"}) {
      const Samples* bare = pool.find(body + "_bare");
      const Samples* with = pool.find(body + "_" + how);
      if (!bare || !with) continue;
      Row more = row_of(*with);
      const Row base = row_of(*bare);
      more.name = body + "_" + how + "_over_bare";
      more.min -= base.min;
      more.median -= base.median;
      more.p99 -= base.p99;
      rows.push_back(more);
    }
  return rows;
}

}  // namespace autospan::bench
