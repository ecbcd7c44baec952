// From a ring to Honeycomb's JSON, by one thread.
#include "bench.h"
#include "programs.h"

namespace autospan::bench {

std::vector<Row> drain() {
  Pool pool;
  for (int round = 0; round < 3; ++round)
    pool.add(read_samples(recording("", own_directory() + "/drain_rows 100"),
                          {"drain_warm", "drain_other_core", "drain_warm_read", "drain_warm_json",
                           "drain_warm_rate", "drain_other_core_rate", "event_bytes"}));
  return pool.rows();
}

}  // namespace autospan::bench
