// The variables of design §6, as a table.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "catch.hpp"
#include "export/dataset.h"
#include "export/duration.h"
#include "export/store_directory.h"
#include "matchers.h"
#include "words.h"

using namespace words;
using std::chrono::milliseconds;

namespace {

constexpr const char* kEnvironmentKey =
    "hcaik_01hqk4k20cjeh63wca8vva5stw70nft6m5n8wr8f5mjx3762s8269j50wc";
constexpr const char* kClassicKey = "0123456789abcdef0123456789abcdef";

std::string destinations(const ExportConfig& c) {
  std::string out;
  if (c.honeycomb) out += "honeycomb ";
  if (c.local) out += "local ";
  if (c.console) out += "console ";
  for (const std::string& file : c.files) out += "file:" + file + " ";
  return out.empty() ? "none" : out.substr(0, out.size() - 1);
}

std::string described(const Variables& variables) {
  std::string out;
  for (const auto& [name, value] : variables) out += name + "=" + value + " ";
  return out;
}

struct Row {
  Variables variables;
  std::string destinations;
  std::string warning;  // a part of the only one; empty = no warning
};

}  // namespace

TEST_CASE("what is exported where") {
  const Row rows[] = {
      {{}, "none", ""},
      {{{"HONEYCOMB_API_KEY", "k"}}, "honeycomb", ""},
      {{{"HONEYCOMB_API_KEY", ""}}, "none", ""},
      {{{"HONEYCOMB_API_KEY_FILE", "/nonexistent/key"}}, "none", "/nonexistent/key"},
      {{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"}},
       "none",
       "otlp: not in this build"},
      {{{"HONEYCOMB_API_KEY", "k"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://o"}}, "honeycomb", ""},
      {{{"AUTOSPAN_EXPORT", "none"}, {"HONEYCOMB_API_KEY", "k"}}, "none", ""},
      {{{"AUTOSPAN_EXPORT", ""}, {"HONEYCOMB_API_KEY", "k"}}, "honeycomb", ""},
      {{{"AUTOSPAN_EXPORT", "local"}, {"HOME", "/root"}, {"HONEYCOMB_API_KEY", "k"}}, "local", ""},
      {{{"AUTOSPAN_EXPORT", " local , console,"}, {"HOME", "/root"}}, "local console", ""},
      {{{"AUTOSPAN_EXPORT", "local,honeycomb"}, {"HOME", "/r"}, {"HONEYCOMB_API_KEY", "k"}},
       "honeycomb local",
       ""},
      {{{"AUTOSPAN_EXPORT", "file:/tmp/a,file:/tmp/b,file:/tmp/a"}}, "file:/tmp/a file:/tmp/b", ""},
      {{{"AUTOSPAN_EXPORT", "file:"}}, "none", "needs a path"},
      {{{"AUTOSPAN_EXPORT", "honeycomb"}}, "none", "HONEYCOMB_API_KEY"},
      {{{"AUTOSPAN_EXPORT", "otlp,console"}}, "console", "otlp: not in this build"},
      {{{"AUTOSPAN_EXPORT", "honycomb"}}, "none", "'honycomb'"},
      {{{"AUTOSPAN_EXPORT", "none,console"}}, "none", "none"},
      {{{"AUTOSPAN_EXPORT", "local"}}, "none", "AUTOSPAN_STORE"},
      {{{"HONEYCOMB_API_KEY", "k"}, {"HONEYCOMB_API_ENDPOINT", "api.honeycomb.io"}},
       "none",
       "'api.honeycomb.io'"},
      {{{"HONEYCOMB_API_KEY", "k"}, {"HONEYCOMB_API_ENDPOINT", "ada:secret@api.honeycomb.io"}},
       "none",
       "'api.honeycomb.io'"},
      {{{"HONEYCOMB_API_KEY", "secret key"}}, "none", "HONEYCOMB_API_KEY"},
      {{{"HONEYCOMB_API_KEY", "k"}, {"HONEYCOMB_DATASET", "d"}}, "honeycomb", "'d' is ignored"},
      {{{"HONEYCOMB_API_KEY", kClassicKey}, {"HONEYCOMB_DATASET", "d"}}, "honeycomb", ""},
      {{{"AUTOSPAN_EXPORT", "console"}, {"AUTOSPAN_EXPORT_RATE_MAX", "-1"}}, "console", "'-1'"},
      {{{"AUTOSPAN_EXPORT", "console"}, {"AUTOSPAN_EXIT_DEADLINE", "2"}}, "console", "'2'"},
      {{{"AUTOSPAN_EXPORT", "console\x1b[31m"}}, "none", "console?[31m"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> warnings;
    const ExportConfig config = read_export_config(environment(row.variables), warnings);
    INFO(described(row.variables));
    CHECK(destinations(config) == row.destinations);
    REQUIRE(warnings.size() == (row.warning.empty() ? 0 : 1));
    if (!warnings.empty()) CHECK_THAT(warnings.front(), HasText(row.warning));
    for (const std::string& warning : warnings) CHECK_THAT(warning, !HasText("secret"));
  }
}

TEST_CASE("endpoint, limits and deadline are taken over") {
  std::vector<std::string> warnings;
  const ExportConfig config =
      read_export_config(environment({{"HONEYCOMB_API_KEY", " key\n"},
                                      {"HONEYCOMB_API_ENDPOINT", "https://api.eu1.honeycomb.io/"},
                                      {"AUTOSPAN_TRACE_SPANS_MAX", "7"},
                                      {"AUTOSPAN_EXPORT_RATE_MAX", "0"},
                                      {"AUTOSPAN_EXIT_DEADLINE", "1500ms"}}),
                         warnings);
  CHECK(warnings.empty());
  CHECK(config.honeycomb_config.api_key == "key");
  CHECK(config.honeycomb_config.endpoint == "https://api.eu1.honeycomb.io");
  CHECK(config.trace_spans_max == 7);
  CHECK(config.rate_max == 0);
  CHECK(config.exit_deadline == milliseconds(1500));
  CHECK(read_export_config(environment({{"HONEYCOMB_API_KEY", "k"}}), warnings)
            .honeycomb_config.endpoint == "https://api.honeycomb.io");
}

TEST_CASE("a key file is read and trimmed") {
  char directory[] = "/tmp/autospan-test-XXXXXX";
  REQUIRE(mkdtemp(directory) != nullptr);
  const std::string path = std::string(directory) + "/key";
  std::ofstream(path) << kEnvironmentKey << "\n";
  std::vector<std::string> warnings;
  const auto config = read_export_config(environment({{"HONEYCOMB_API_KEY_FILE", path}}), warnings);
  CHECK(warnings.empty());
  CHECK(config.honeycomb_config.api_key == kEnvironmentKey);
  // Neither a directory nor a FIFO holds up the program.
  read_export_config(environment({{"HONEYCOMB_API_KEY_FILE", directory}}), warnings);
  CHECK(warnings.size() == 1);
  REQUIRE(mkfifo((path + "-fifo").c_str(), 0600) == 0);
  read_export_config(environment({{"HONEYCOMB_API_KEY_FILE", path + "-fifo"}}), warnings);
  CHECK(warnings.size() == 2);
}

TEST_CASE("durations are a number and a unit") {
  using std::chrono::nanoseconds;
  CHECK(parse_duration("2s") == nanoseconds(2'000'000'000));
  CHECK(parse_duration("100us") == nanoseconds(100'000));
  CHECK(parse_duration("1.5h") == nanoseconds(5'400'000'000'000));
  CHECK(parse_duration("1d") == nanoseconds(86'400'000'000'000));
  CHECK(parse_duration("3m") == nanoseconds(180'000'000'000));
  CHECK(parse_duration("0") == nanoseconds(0));
  CHECK(parse_duration("0s") == nanoseconds(0));
  for (const char* text :
       {"", "2", "s", "2 s", "-1s", "1ns", "1x", "1e3s", "inf", "nan", "300000d", "1s "})
    CHECK_FALSE(parse_duration(text).has_value());
}

TEST_CASE("the store lies where the rule says") {
  CHECK(store_directory(environment({{"AUTOSPAN_STORE", "/s"}, {"HOME", "/h"}})) == "/s");
  const bool system = access("/var/lib/autospan", W_OK) == 0;
  if (!system) {
    CHECK(store_directory(environment({{"STATE_DIRECTORY", "/a:/b"}, {"HOME", "/h"}})) == "/a");
    CHECK(store_directory(environment({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}})) ==
          "/x/autospan");
    CHECK(store_directory(environment({{"XDG_STATE_HOME", "rel"}, {"HOME", "/h"}})) ==
          "/h/.local/state/autospan");
    CHECK(store_directory(environment({})) == "");
  }
  char cwd[4096];
  REQUIRE(getcwd(cwd, sizeof cwd) != nullptr);
  CHECK(store_directory(environment({{"AUTOSPAN_STORE", "rel"}})) == std::string(cwd) + "/rel");
  using Paths = std::vector<std::string>;
  CHECK(store_candidates(environment({{"AUTOSPAN_STORE", "/s"}, {"HOME", "/h"}})) == Paths{"/s"});
  const Paths all = store_candidates(
      environment({{"STATE_DIRECTORY", "/a"}, {"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}));
  CHECK(all.size() == 4);
  CHECK(all.back() == "/h/.local/state/autospan");
}

TEST_CASE("datasets: classic and environment keys, trimming, slashes, unknown services") {
  CHECK(is_classic_key(kClassicKey));
  CHECK(is_classic_key("hcaic_" + std::string(58, 'a')));
  CHECK_FALSE(is_classic_key(kEnvironmentKey));
  CHECK_FALSE(is_classic_key(""));
  CHECK_FALSE(is_classic_key("0123456789ABCDEF0123456789abcdef"));

  bool slash = false;
  CHECK(honeycomb_dataset(kEnvironmentKey, "ignored", " saas update ", &slash) == "saas update");
  CHECK_FALSE(slash);
  CHECK(honeycomb_dataset(kEnvironmentKey, "", "my data/set ünï", &slash) == "my data-set ünï");
  CHECK(slash);
  CHECK(honeycomb_dataset(kClassicKey, "my data/set ünï", "svc") == "my data/set ünï");
  CHECK(honeycomb_dataset(kClassicKey, "", "svc") == "svc");
  CHECK(dataset_of_service("unknown_service:a.out") == "unknown_service");
  CHECK(dataset_of_service(" ") == "unknown_service");
  CHECK(escape_path_segment("my data/set ünï") == "my%20data%2Fset%20%C3%BCn%C3%AF");
  CHECK(escape_path_segment("..") == "%2E%2E");
  CHECK(escape_path_segment("a?b#c%d") == "a%3Fb%23c%25d");
}
