// ./dev bench: one table a bench, and build/bench/NAME.json.
#include "bench.h"

#include <fmt/format.h>

#include <cstring>

#include "programs.h"

namespace autospan::bench {
namespace {

struct Bench {
  const char* name;
  std::vector<Row> (*run)();
  std::vector<Base> bases;
};
const Bench kBenches[] = {
    {"hot_path", hot_path, {{"", "floor"}}},
    {"off",
     off,
     {{"_64", "bare_64"},
      {"_1024_str16", "bare_1024_str16"},
      {"_1024", "bare_1024"},
      {"_int_str16", "bare_int_str16"},
      {"_int", "bare_int"},
      {"", "bare"}}},
    {"degrade", degrade, {{"", "bare"}}},
    {"in_situ", in_situ, {}},
    {"drain", drain, {}},
    {"threads", threads, {{"recording_thread", "plain_thread"}}},
    {"memory", memory, {}},
};

int run(const Bench& bench) {
  const std::vector<Row> rows = bench.run();
  fmt::print("\n{}\n", bench.name);
  print_rows(rows, bench.bases);
  const std::string path = fmt::format("{}/{}.json", own_directory(), bench.name);
  if (rows.empty() || !write_json(path, bench.name, rows)) return 1;
  fmt::print("written: {}\n", path);
  return 0;
}

int named(const char* name) {
  if (!std::strcmp(name, "planted")) return planted();
  for (const Bench& bench : kBenches)
    if (!std::strcmp(bench.name, name)) return run(bench);
  fmt::print(stderr, "bench {}: no such bench; there are:", name);
  for (const Bench& bench : kBenches) fmt::print(stderr, " {}", bench.name);
  fmt::print(stderr, "\n");
  return 2;
}

}  // namespace
}  // namespace autospan::bench

int main(int argc, char** argv) {
  if (argc < 2) return autospan::bench::named("hot_path");
  for (int i = 1; i < argc; ++i)
    if (const int status = autospan::bench::named(argv[i])) return status;
  return 0;
}
