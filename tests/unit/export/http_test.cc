// Real requests, by libcurl, to the strict recorder: acceptance cases of research/honeycomb.md §10.
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <regex>
#include <set>

#include "catch.hpp"
#include "export/pipeline_parts.h"
#include "matchers.h"
#include "recorder.h"
#include "wire/event_json.h"
#include "wire/honeycomb_json.h"
#include "words.h"

using namespace words;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using recorder::Recorder;

namespace {

constexpr const char* kKey = "hcaik_canary-key-that-no-message-may-show";
constexpr const char* kClassicKey = "0123456789abcdef0123456789abcdef";

struct Wire {
  explicit Wire(const std::string& script = "", const std::string& key = kKey,
                std::string dataset = "")
      : endpoint(options(script)) {
    setenv("no_proxy", "*", 1);
    config.honeycomb = true;
    config.honeycomb_config = {key, endpoint.url(), std::move(dataset)};
    config.export_library = AUTOSPAN_EXPORT_LIBRARY_FOR_TESTS;
  }
  static recorder::Options options(const std::string& script) {
    recorder::Options o;
    o.script = script;
    return o;
  }
  void open() {
    PipelineParts parts;
    parts.say = [this](std::string_view line) { said.emplace_back(line); };
    pipeline = open_pipeline(config, warnings, parts);
    REQUIRE(warnings.empty());
  }
  void send(const SpanBatch& batch, std::chrono::milliseconds deadline = 10s) {
    if (pipeline == nullptr) open();
    pipeline->submit(batch);
    pipeline->flush(Clock::now() + deadline);
  }
  ExportStats end(std::chrono::milliseconds deadline = 2s) {
    pipeline->shutdown(Clock::now() + deadline);
    const ExportStats stats = pipeline->stats();
    CHECK(stats.created == outcomes(stats));
    for (const std::string& line : said) CHECK_THAT(line, !HasText("canary"));
    CHECK_THAT(stats.last_error, !HasText("canary"));
    for (const auto& violation : endpoint.violations()) CHECK(violation.dump() == "");
    return stats;
  }

  Recorder endpoint;
  ExportConfig config;
  std::vector<std::string> warnings, said;
  std::unique_ptr<ExportPipeline> pipeline;
};

// What a loaded machine may add to a deadline; on an idle one it is below 5 ms.
constexpr auto kSlack = 250ms;

// Takes connections and never answers.
struct BlackHole {
  BlackHole() {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    bind(fd, reinterpret_cast<sockaddr*>(&any), size);
    listen(fd, 16);
    getsockname(fd, reinterpret_cast<sockaddr*>(&any), &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(any.sin_port));
  }
  ~BlackHole() { close(fd); }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string url;
};

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

}  // namespace

TEST_CASE("case 1: a root and two children are one request that breaks no rule") {
  Wire wire;
  wire.send(spans(3));
  const ExportStats stats = wire.end();
  CHECK(stats.accepted == 3);
  const auto requests = wire.endpoint.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0]["target"] == "/1/batch/saas-update");
  CHECK(requests[0]["headers"]["X-Honeycomb-Team"] == kKey);
  CHECK(requests[0]["headers"]["Content-Type"] == "application/json");
  CHECK(requests[0]["headers"]["Content-Encoding"] == "zstd");
  CHECK_THAT(requests[0]["headers"]["User-Agent"].get<std::string>(), BeginsWith("autospan/"));
  CHECK_FALSE(requests[0]["headers"].contains("Expect"));
  const auto events = wire.endpoint.events();
  REQUIRE(events.size() == 3);
  CHECK(events[0]["data"]["name"] == "start");
  CHECK_FALSE(events[0]["data"].contains("trace.parent_id"));
  CHECK(events[1]["data"]["trace.parent_id"] == events[0]["data"]["trace.span_id"]);
  CHECK(events[0]["time"] == "2026-11-24T03:11:49.061519157Z");
  CHECK(events[0]["data"]["service.name"] == events[0]["data"]["service_name"]);
  CHECK(wire.said.empty());
}

TEST_CASE("case 2: dataset names on the wire") {
  Wire classic("", kClassicKey, "my data/set ünï");
  classic.send(spans(1, "svc"));
  classic.end();
  CHECK(classic.endpoint.requests()[0]["target"] == "/1/batch/my%20data%2Fset%20%C3%BCn%C3%AF");

  Wire environment;
  environment.send(spans(1, "my data/set ünï"));
  environment.end();
  CHECK(environment.endpoint.requests()[0]["target"] == "/1/batch/my%20data-set%20%C3%BCn%C3%AF");
  CHECK(environment.endpoint.events()[0]["data"]["service.name"] == "my data/set ünï");
  CHECK(environment.said.size() == 1);
}

TEST_CASE("case 5: 429 twice, then 200; Retry-After in seconds and as a date") {
  Wire wire("429*2");
  wire.send(spans(3));
  CHECK(wire.end().accepted == 3);
  const auto requests = wire.endpoint.requests();
  REQUIRE(requests.size() == 3);
  const auto at = [&](int i) { return requests[i]["at_ms"].get<long>(); };
  CHECK(at(2) - at(1) > at(1) - at(0));
  CHECK(wire.endpoint.events().size() == 3);

  for (const char* script : {"429:retry-after=2", "503:retry-after=date+3"}) {
    Wire told(script);
    told.send(spans(1));
    CHECK(told.end().accepted == 1);
    const auto both = told.endpoint.requests();
    const long gap = both[1]["at_ms"].get<long>() - both[0]["at_ms"].get<long>();
    CHECK(gap >= 1'800);  // a date has whole seconds only
    CHECK(gap <= 3'300);
  }
}

TEST_CASE("case 6: 202, 429 and 400 in one answer") {
  Wire wire("statuses=202/429/400");
  wire.send(spans(3));
  const ExportStats stats = wire.end();
  CHECK(stats.accepted == 2);
  CHECK(stats.rejected == 1);
  CHECK_THAT(stats.last_error, HasText("status by the recorder"));
  const auto events = wire.endpoint.events();
  REQUIRE(events.size() == 2);
  CHECK(events[1]["request"] == 2);
}

TEST_CASE("case 7: 413 halves a batch until it is taken") {
  Wire wire("413-above=7");
  wire.send(spans(50));
  CHECK(wire.end().accepted == 50);
  CHECK(wire.endpoint.events().size() == 50);

  Wire never("413*");
  never.send(spans(4));
  CHECK(never.end().dropped_too_large == 4);
}

TEST_CASE("case 8: a million bytes go, one more does not; bodies stay below five million") {
  Wire wire;
  wire.config.rate_max = 0;
  // Grow one field until the entry has the wanted size.
  const auto sized = [](std::size_t entry_bytes, std::vector<std::string>& texts) {
    SpanBatch batch = spans(1);
    const std::size_t fields = 16;
    static const std::string kKeys[] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                        "i", "j", "k", "l", "m", "n", "o", "p"};
    wire::EventJson json(*batch.resource);
    wire::ByteBuffer entry;
    wire::HoneycombEntry::open(entry);
    json.append_span(entry, batch, batch.spans[0], wire::SpanPlace::kRoot);
    wire::HoneycombEntry().close(entry, batch.spans[0].start_unix_ns, 1);
    std::size_t left = entry_bytes - entry.size() - fields * strlen(R"(,"a":"")");
    texts.assign(fields, "");
    for (std::size_t i = 0; i < fields; ++i) {
      // An escaped byte is six on the wire: 1,000,000 bytes need 16 of them below 64 KiB.
      const std::size_t escaped = i + 1 < fields ? left / (fields - i) / 6 : 0;
      texts[i].assign(escaped, '\x01');
      left -= escaped * 6;
      if (i + 1 == fields) texts[i].assign(left, 'x');
    }
    for (std::size_t i = 0; i < fields; ++i)
      batch.fields.push_back({kKeys[i], Value::of(std::string_view(texts[i]))});
    batch.spans[0].fields = {0, static_cast<std::uint32_t>(fields)};
    return batch;
  };
  std::vector<std::string> texts;
  wire.send(sized(1'000'000, texts));
  CHECK(wire.pipeline->stats().accepted == 1);
  wire.send(sized(1'000'001, texts));
  CHECK(wire.pipeline->stats().dropped_too_large == 1);
  for (int i = 0; i < 12; ++i) {
    const SpanBatch batch = sized(900'000, texts);
    wire.pipeline->submit(batch);
  }
  CHECK_FALSE(wire.pipeline->flush(Clock::now() + 10s));  // the one too large is not there
  const ExportStats stats = wire.end();
  CHECK(stats.accepted == 13);
  CHECK(wire.endpoint.requests().size() >= 4);
  for (const auto& request : wire.endpoint.requests()) CHECK(request["body_bytes"] <= 5'000'000);
}

TEST_CASE("case 12, in part: spans of a process that exits arrive through its exit handlers") {
  Wire wire;
  // A program of its own: a fork of this one would have this one's curl.
  const std::string url = wire.endpoint.url();
  const pid_t child = fork();
  if (child == 0) {
    execl(AUTOSPAN_EXIT_PROBE, "exit_probe", url.c_str(), AUTOSPAN_EXPORT_LIBRARY_FOR_TESTS,
          nullptr);
    _exit(127);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 3);
  CHECK(wire.endpoint.events().size() == 2);
}

TEST_CASE("case 12, in part: neither a black hole nor an absent endpoint outlasts the deadline") {
  BlackHole hole;
  for (const std::string& url : {hole.url, std::string("http://127.0.0.1:1")}) {
    Wire wire;
    wire.config.honeycomb_config.endpoint = url;
    wire.open();
    wire.pipeline->submit(spans(100));
    const auto begin = Clock::now();
    const ExportStats stats = wire.end(400ms);
    CHECK(since(begin) <= 400ms + kSlack);
    CHECK(stats.dropped_exit == 100);
    CHECK(wire.said.size() >= 1);
  }
}

TEST_CASE("endpoints that hang, drip, reset, or answer nonsense: books balance, exit on time") {
  struct Row {
    const char* script;
    std::uint64_t accepted, failed, exit;
  };
  const Row rows[] = {
      {"hang", 0, 0, 20},       {"drip", 0, 0, 20},    {"reset", 20, 0, 0},
      {"garbage", 0, 20, 0},    {"empty", 0, 20, 0},   {"short-array", 19, 1, 0},
      {"long-array", 20, 0, 0}, {"401", 0, 20, 0},     {"echo", 20, 0, 0},
      {"302", 0, 20, 0},        {"500,502", 20, 0, 0},
  };
  for (const Row& row : rows) {
    INFO(row.script);
    Wire wire(row.script);
    wire.open();
    wire.pipeline->submit(spans(20));
    const auto begin = Clock::now();
    const ExportStats stats = wire.end(2500ms);
    CHECK(since(begin) <= 2500ms + kSlack);
    CHECK(stats.accepted == row.accepted);
    CHECK(stats.dropped_send_failed == row.failed);
    CHECK(stats.dropped_exit == row.exit);
  }
}

TEST_CASE("an answer that was lost: the events come again, marked, with the same ids and times") {
  Wire wire("accept-reset");
  wire.send(spans(3));
  CHECK(wire.end().accepted == 3);
  const auto events = wire.endpoint.events();
  REQUIRE(events.size() == 6);
  for (int i = 0; i < 3; ++i) {
    auto first = events[i]["data"], second = events[i + 3]["data"];
    CHECK_FALSE(first.contains("meta.autospan.resent"));
    CHECK(second["meta.autospan.resent"] == true);
    second.erase("meta.autospan.resent");
    CHECK(first == second);
    CHECK(events[i]["time"] == events[i + 3]["time"]);
  }
}

TEST_CASE("case 14: hostile values arrive as they were, by other people's parser") {
  Wire wire;
  SpanBatch batch = spans(1);
  batch.fields = {{"max", Value::of(UINT64_MAX)},
                  {"min", Value::of(INT64_MIN)},
                  {"nan", Value::of(std::numeric_limits<double>::quiet_NaN())},
                  {"null", Value()},
                  {"q\"k\n", Value::of(std::string_view("\xff\x00\x1b", 3))},
                  {"deep.er", Value::json(R"({"a":[1]})")}};
  batch.spans[0].fields = {0, 6};
  wire.send(batch);
  wire.end();
  const auto data = wire.endpoint.events().at(0)["data"];
  CHECK(data["max"] == UINT64_MAX);
  CHECK(data["min"] == INT64_MIN);
  CHECK_FALSE(data.contains("nan"));
  CHECK_FALSE(data.contains("null"));
  CHECK(data["q\"k\n"] == std::string("\xEF\xBF\xBD\x00\x1b", 5));
  CHECK(data["deep.er"] == R"({"a":[1]})");
}

TEST_CASE("random batches of every kind break no rule of the endpoint") {
  Wire wire;
  wire.config.rate_max = wire.config.trace_spans_max = 0;
  wire.open();
  std::size_t sent = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    samples::Random random(seed, false);
    SpanBatch batch = random.batch();
    batch.resource = samples::resource("service " + std::to_string(seed % 3));
    for (SpanData& span : batch.spans) {
      if (span.name.empty()) span.name = "unnamed";
      span.start_unix_ns &= 0x1fffffffffffffff;  // years of four digits that clients send
    }
    for (SpanEventData& event : batch.events)
      if (event.name.empty()) event.name = "unnamed";
    sent += batch.items();
    wire.pipeline->submit(batch);
  }
  CHECK(wire.pipeline->flush(Clock::now() + 10s));
  CHECK(wire.end().accepted == sent);
  std::set<std::string> datasets;
  for (const auto& event : wire.endpoint.events())
    datasets.insert(event["dataset"].get<std::string>());
  CHECK(datasets.size() == 3);
}

TEST_CASE("the key reaches the endpoint and nothing else") {
  Wire wire("echo,401");
  wire.send(spans(2));
  wire.end();  // looks at every message
  CHECK(wire.said.size() == 3);
  CHECK_THAT(wire.said.front(), HasText("[key]"));
  for (const auto& event : wire.endpoint.events()) CHECK_THAT(event.dump(), !HasText("canary"));
}
