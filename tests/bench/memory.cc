// 10,000 live threads, and the same program uninstrumented.
#include "bench.h"
#include "programs.h"

namespace autospan::bench {

std::vector<Row> memory() {
  const std::vector<std::string> names = {"rss", "ring_mapped", "ring_file", "charged",
                                          "threads_refused"};
  Pool pool;
  for (int round = 0; round < 3; ++round)
    for (const std::string program : {"memory_job_bare", "memory_job"})
      for (Samples& s :
           read_samples(recording("", own_directory() + "/" + program + " 10000"), names)) {
        s.name += program == "memory_job" ? "_spans" : "_bare";
        pool.add({std::move(s)});
      }
  std::vector<Row> rows = pool.rows();
  for (const std::string what : {"rss", "charged"}) {
    Row more = row_of(*pool.find(what + "_spans"));
    const Row bare = row_of(*pool.find(what + "_bare"));
    if (!more.skipped.empty() || !bare.skipped.empty()) continue;
    more.name = what + "_over_bare";
    more.min -= bare.median;
    more.median -= bare.median;
    more.p99 -= bare.median;
    rows.push_back(more);
  }
  return rows;
}

}  // namespace autospan::bench
