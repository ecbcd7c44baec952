// Functions whose spans are switched off.
#include <fmt/format.h>

#include "bench.h"
#include "programs.h"

namespace autospan::bench {
namespace {

constexpr long kCalls = 200;
constexpr const char* kStandby = "AUTOSPAN=standby";

// Instructions of a call over the function that has no span: by callgrind, which sees the text as
// it was before anything was patched, and step by step as it is run.
void add_counts(Pool& pool, const std::string& row, const std::string& name,
                const std::string& bare) {
  const std::string program = own_directory() + "/hot_path_rows";
  const auto add = [&](const std::string& as, const Count& off, const Count& plain) {
    const std::string& skipped = off.skipped.empty() ? plain.skipped : off.skipped;
    pool.add({skipped.empty()
                  ? one(as, "instructions", (off.instructions - plain.instructions) / kCalls)
                  : skip(as, skipped)});
  };
  add("instructions_" + row + "_tested", callgrind(program, name, kCalls, kStandby),
      callgrind(program, bare, kCalls, kStandby));
  add("instructions_" + row + "_as_run", steps(program, name, kCalls, kStandby),
      steps(program, bare, kCalls, kStandby));
}

}  // namespace

std::vector<Row> off() {
  Pool pool;
  const std::string many = own_directory() + "/many_rows";
  const std::string tracy = own_directory() + "/bench_tracy_off";
  for (int round = 0; round < 5; ++round) {
    for (Samples& s :
         // Long enough that calls are patched away in the first fraction of it.
         read_samples(recording(kStandby, own_directory() + "/hot_path_rows 1000 2000"),
                      {"bare", "bare_int", "bare_int_str16", "span", "span_int", "span_int_str16",
                       "plugin_span_int_str16", "macro_span_int_str16"})) {
      if (s.name == "none" || s.name == "floor" || s.name.rfind("single_", 0) == 0) continue;
      const std::size_t at = s.name.find("span");
      if (at != std::string::npos) s.name.replace(at, 4, "off");
      pool.add({std::move(s)});
    }
    if (exists(tracy))
      pool.add(read_samples("env TRACY_NO_INVARIANT_CHECK=1 TRACY_PORT=8392 " + tracy + " 100 2000",
                            {"tracy_off", "tracy_off_int", "tracy_off_int_str16"}));
    else if (round == 0)
      pool.add({skip("tracy_off", "the crate tracy-client-sys 0.30.1 could not be fetched")});
    // 20,480 calls: 20 times round the larger set.
    pool.add(read_samples(
        recording(kStandby, many + " 100 20480"),
        {"bare_64", "off_64", "bare_1024", "off_1024", "bare_1024_str16", "off_1024_str16"}));
  }
  if (!pool.find("xray_off_1024"))
    pool.add({skip("xray_off_1024", "needs clang and its XRay runtime: ./dev setup all")});
  add_counts(pool, "off", "span", "bare");
  add_counts(pool, "off_int", "span_int", "bare_int");
  add_counts(pool, "off_int_str16", "span_int_str16", "bare_int_str16");
  add_counts(pool, "plugin_off_int", "plugin_span_int", "bare_int");
  add_counts(pool, "macro_off_int", "macro_span_int", "bare_int");
  return pool.rows();
}

}  // namespace autospan::bench
