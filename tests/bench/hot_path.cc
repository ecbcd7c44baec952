// The hot path beside its peers: programs of rows, run round after round so that the machine's
// moods meet them all, then the instructions and the bytes, which have no moods.
#include <fmt/format.h>

#include <cstdlib>

#include "bench.h"
#include "programs.h"

namespace autospan::bench {
namespace {

constexpr int kRounds = 5;
constexpr const char* kSamples = " 100 2000";  // of a program in a round

const std::vector<std::string> kSpans = {"none",  "bare", "bare_int", "bare_int_str16",
                                         "floor", "span", "span_int", "span_int_str16"};

struct Source {
  std::string command;
  std::vector<std::string> names;  // as the program says them …
  std::vector<std::string> shown;  // … and as the table does; empty = alike
  std::string absent;              // why it cannot be run
};

std::vector<std::string> with(const std::vector<std::string>& names, const std::string& before,
                              const std::string& after) {
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back(before + name + after);
  return out;
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The rows of one build of hot_path_rows: as it ships, off, and both on the stubbed clock.
void add_builds(std::vector<Source>& to, const std::string& directory, const std::string& suffix,
                const std::string& how_to_have_it) {
  const std::string shipped = directory + "/hot_path_rows",
                    stub = directory + "/hot_path_rows_stub";
  const std::string absent = exists(stub) ? "" : how_to_have_it;
  std::vector<std::string> names =
      joined(kSpans, with({"", "_int", "_int_str16"}, "macro_span", ""));
  if (suffix.empty()) names = joined(names, with({"", "_int", "_int_str16"}, "plugin_span", ""));
  names = joined(names, {"single_bare", "single_floor", "single_span", "single_span_int_str16"});
  to.push_back({recording("", shipped + kSamples), names, with(names, "", suffix), absent});
  to.push_back(
      {recording("AUTOSPAN=standby", shipped + kSamples), {"span_int"}, {"off" + suffix}, absent});
  const std::vector<std::string> stubbed = with(kSpans, "stub_", "");
  to.push_back({recording("", stub + kSamples), stubbed, with(stubbed, "", suffix), absent});
  to.push_back({recording("AUTOSPAN=standby", stub + kSamples),
                {"stub_span_int"},
                {"stub_off" + suffix},
                absent});
}

void add_peer(std::vector<Source>& to, const std::string& program, const std::string& before,
              const std::string& arguments, std::vector<std::string> names,
              const std::string& how_to_have_it) {
  const std::string path = own_directory() + "/" + program;
  to.push_back(
      {before + path + arguments, std::move(names), {}, exists(path) ? "" : how_to_have_it});
}

void add_peers(std::vector<Source>& to) {
  add_peer(to, "bench_moodycamel", "", kSamples, {"moodycamel", "moodycamel_int_str16"},
           "concurrentqueue.h was not found: ./dev setup");
  add_peer(
      to, "bench_tracy_drained", "env TRACY_NO_INVARIANT_CHECK=1 TRACY_PORT=8391 ", kSamples,
      {"tracy", "tracy_int", "tracy_int_str16"},
      "the crate tracy-client-sys 0.30.1 could not be fetched: it takes cargo and its registry");
  const char* const no_xray = "needs clang and its XRay runtime: ./dev setup all";
  add_peer(to, "bench_xray", "env XRAY_OPTIONS=verbosity=0 ", std::string(" handler") + kSamples,
           {"xray_own_handler"}, no_xray);
  add_peer(to, "bench_xray", "env XRAY_OPTIONS=verbosity=0 ", " fdr 100 500",
           {"xray_fdr", "xray_fdr_int"}, no_xray);
  const std::string record =
      fmt::format("rm -rf {0}/uftrace && uftrace record -d {0}/uftrace ", scratch());
  const char* const no_uftrace = "uftrace is not there: ./dev setup all";
  add_peer(to, "bench_uftrace_finstrument", record, " 100 500", {"uftrace_finstrument"},
           no_uftrace);
  add_peer(to, "bench_uftrace_pg", record + "-A traced_int_str@arg1,arg2/s ", " 100 500",
           {"uftrace_pg", "uftrace_pg_int_str16"}, no_uftrace);
  add_peer(to, "bench_lttng", own_directory() + "/lttng.sh ", " 100 500",
           {"lttng_ust", "lttng_ust_int", "lttng_ust_int_str16"},
           "LTTng-UST is not there: ./dev setup all");
}

std::vector<Samples> run(const Source& source) {
  std::vector<Samples> out;
  const std::vector<std::string>& shown = source.shown.empty() ? source.names : source.shown;
  std::vector<Samples> read;
  if (source.absent.empty()) read = read_samples(source.command, source.names);
  for (std::size_t i = 0; i < source.names.size(); ++i) {
    if (!source.absent.empty()) out.push_back(skip(shown[i], source.absent));
    for (Samples& s : read)
      if (s.name == source.names[i]) {
        s.name = shown[i];
        out.push_back(std::move(s));
        break;
      }
  }
  return out;
}

// Over the function that has no span: call, arguments and loop of both are alike.
void add_instructions(Pool& pool, const std::string& directory, const std::string& suffix) {
  constexpr long kCalls = 10'000;
  const std::string program = directory + "/hot_path_rows";
  const auto row = [&](const std::string& name, const std::string& bare, const std::string& shown,
                       const std::string& environment) {
    const Count with_span = callgrind(program, name, kCalls, environment);
    const Count without =
        with_span.skipped.empty() ? callgrind(program, bare, kCalls, "") : with_span;
    const std::string as = "instructions_" + shown + suffix;
    pool.add(
        {without.skipped.empty()
             ? one(as, "instructions", (with_span.instructions - without.instructions) / kCalls)
             : skip(as, without.skipped)});
  };
  row("floor", "none", "floor", "");
  row("span", "bare", "span", "");
  row("span_int", "bare_int", "span_int", "");
  row("span_int_str16", "bare_int_str16", "span_int_str16", "");
  row("macro_span_int_str16", "bare_int_str16", "macro_span_int_str16", "");
  row("span_int", "bare_int", "off", "AUTOSPAN=standby");
}

// nm's sizes of a module's functions; a compiler may put a part of one elsewhere, as NAME.cold.
double code_bytes(const std::string& module, const std::string& function) {
  std::FILE* pipe = popen(fmt::format("nm -S --defined-only {} 2>/dev/null", module).c_str(), "r");
  double bytes = 0;
  char line[512], name[256];
  unsigned long address, size;
  while (pipe && std::fgets(line, sizeof line, pipe))
    if (std::sscanf(line, "%lx %lx %*c %255s", &address, &size, name) == 3 &&
        (name == function || name == function + ".cold"))
      bytes += double(size);
  if (pipe) pclose(pipe);
  return bytes;
}

void add_bytes(Pool& pool, const std::string& directory, const std::string& how,
               const std::string& suffix) {
  for (const char* kind : {"int", "int_str16", "int_pad", "int_str16_pad"}) {
    const std::string function = std::string("site_") + kind;
    const double bare = code_bytes(directory + "/libsites_bare.so", function);
    const double with_site = code_bytes(directory + "/libsites_" + how + ".so", function);
    const std::string name = fmt::format("bytes_{}_{}{}", how, kind, suffix);
    pool.add({bare > 0 && with_site > 0 ? one(name, "bytes", with_site - bare)
                                        : skip(name, "not built, or nm is not there")});
  }
}

}  // namespace

std::vector<Row> hot_path() {
  std::vector<Source> sources;
  add_builds(sources, own_directory(), "", "not built");
  add_builds(sources, gcc_directory(), "@gcc",
             "no build by g++ beside this one: ./dev bench makes it");
  add_peers(sources);
  Pool pool;
  for (int round = 0; round < kRounds; ++round)
    for (const Source& source : sources)
      if (round == 0 || source.absent.empty()) pool.add(run(source));
  pool.add(degraded_16());
  add_instructions(pool, own_directory(), "");
  add_instructions(pool, gcc_directory(), "@gcc");
  add_bytes(pool, own_directory(), "plugin", "");
  add_bytes(pool, own_directory(), "macro", "");
  add_bytes(pool, gcc_directory(), "macro", "@gcc");
  return pool.rows();
}

// Twenty-odd instructions planted into each span: visible as such, whatever the machine's mood.
int planted() {
  const std::string name = "stub_span_int_str16";
  const Count plain = callgrind(own_directory() + "/hot_path_rows_stub", name, 1000, "");
  const Count slow = callgrind(own_directory() + "/hot_path_rows_planted", name, 1000, "");
  const std::string& skipped = plain.skipped.empty() ? slow.skipped : plain.skipped;
  if (!skipped.empty()) {
    fmt::print("skipped: {}\n", skipped);
    return 77;
  }
  const double more = (slow.instructions - plain.instructions) / 1000;
  fmt::print("{} instructions a span, {} with the slow path planted\n", plain.instructions / 1000,
             slow.instructions / 1000);
  return more >= 20 && more < 40 ? 0 : 1;
}

}  // namespace autospan::bench
