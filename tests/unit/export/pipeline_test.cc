// The pipeline from submit to outcome, over a transport that the test scripts.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "catch.hpp"
#include "export/pipeline_parts.h"
#include "matchers.h"
#include "wire/decode_events.h"
#include "words.h"

using namespace words;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

// What the scripted endpoint saw and does; shared with the sending thread.
struct Endpoint {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Answer> script;  // then every event is accepted
  std::vector<std::string> bodies, urls;
  bool blocked = false, cancelled = false;

  std::size_t events() {
    const std::lock_guard lock(mutex);
    std::size_t count = 0;
    for (const std::string& body : bodies) count += nlohmann::json::parse(body).size();
    return count;
  }
  void unblock() {
    const std::lock_guard lock(mutex);
    blocked = false;
    changed.notify_all();
  }
};

class ScriptedTransport : public Transport {
 public:
  explicit ScriptedTransport(std::shared_ptr<Endpoint> at) : at_(std::move(at)) {}
  Answer send(const Request& request) override {
    std::unique_lock lock(at_->mutex);
    at_->changed.wait(lock, [&] { return !at_->blocked || at_->cancelled; });
    if (at_->cancelled) return failure(Answer::Outcome::kCancelled);
    at_->bodies.emplace_back(request.body);
    at_->urls.emplace_back(request.url);
    if (at_->script.empty()) return all_accepted(nlohmann::json::parse(request.body).size());
    Answer next = at_->script.front();
    at_->script.pop_front();
    return next;
  }
  void cancel() override {
    const std::lock_guard lock(at_->mutex);
    at_->cancelled = true;
    at_->changed.notify_all();
  }

 private:
  std::shared_ptr<Endpoint> at_;
};

struct Fixture {
  ExportConfig config;
  std::shared_ptr<Endpoint> endpoint = std::make_shared<Endpoint>();
  std::vector<std::string> warnings, said;
  std::unique_ptr<ExportPipeline> pipeline;

  Fixture() {
    config.honeycomb = true;
    config.honeycomb_config = {"the-key", "http://h", ""};
  }
  void open() {
    PipelineParts parts;
    parts.say = [this](std::string_view line) { said.emplace_back(line); };
    parts.transport = [at = endpoint](std::string&) {
      return std::make_unique<ScriptedTransport>(at);
    };
    pipeline = open_pipeline(config, warnings, parts);
  }
  bool balanced() const {
    const ExportStats s = pipeline->stats();
    return s.created == outcomes(s);
  }
};

struct Directory {
  Directory() {
    char name[] = "/tmp/autospan-test-XXXXXX";
    path = mkdtemp(name);
  }
  ~Directory() { fs::remove_all(path); }
  fs::path path;
};

}  // namespace

TEST_CASE("a batch may die as soon as it was submitted, and arrives whole") {
  Fixture f;
  f.open();
  f.pipeline->submit(spans(1'200));
  CHECK(f.pipeline->flush(Clock::now() + 5s));
  CHECK(f.endpoint->events() == 1'200);
  CHECK(f.endpoint->bodies.size() >= 3);
  CHECK(f.endpoint->urls.front() == "http://h/1/batch/saas-update");
  CHECK(f.pipeline->stats().accepted == 1'200);
  f.pipeline->shutdown(Clock::now() + 1s);
  f.pipeline->shutdown(Clock::now() + 1s);
  CHECK(f.said.empty());
  CHECK(f.balanced());

  f.pipeline->submit(spans(2));
  CHECK(f.pipeline->stats().dropped_exit == 2);
  CHECK(f.balanced());
}

TEST_CASE("without a flush events go by themselves after a tenth of a second") {
  Fixture f;
  f.open();
  f.pipeline->submit(spans(1));
  const auto begin = Clock::now();
  while (f.pipeline->stats().accepted == 0 && Clock::now() - begin < 5s)
    std::this_thread::sleep_for(5ms);
  CHECK(f.pipeline->stats().accepted == 1);
  CHECK(Clock::now() - begin >= 90ms);
}

TEST_CASE("every destination gets every event once") {
  Directory place;
  Fixture f;
  f.config.local = true;
  f.config.store = place.path / "store";
  f.config.files = {place.path / "a.ndjson", place.path / "b.ndjson"};
  f.open();
  SpanBatch batch = spans(3);
  batch.events.push_back({samples::trace_id(0x40), numbered_id(0), "tick", "start", 5, 1, {}});
  batch.links.push_back(
      {samples::trace_id(0x40), numbered_id(0), samples::trace_id(1), numbered_id(2), 6, 1});
  f.pipeline->submit(batch);
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(f.pipeline->stats().created == 4 * 5);
  CHECK(f.pipeline->stats().accepted == 4 * 5);
  CHECK(f.endpoint->events() == 5);

  std::vector<fs::path> files = {place.path / "a.ndjson", place.path / "b.ndjson"};
  for (const auto& entry : fs::directory_iterator(place.path / "store" / "inbox"))
    files.push_back(entry.path());
  REQUIRE(files.size() == 3);
  for (const fs::path& file : files) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    wire::EventDecoder decoder;
    decoder.add_lines(text);
    const auto groups = decoder.take();
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].dataset == "saas-update");
    CHECK(groups[0].batch.spans.size() == 3);
    CHECK(groups[0].batch.events.size() == 1);
    CHECK(groups[0].batch.links.size() == 1);
  }
}

TEST_CASE("parents are told from leaves") {
  Fixture f;
  f.open();
  SpanBatch batch = spans(3);
  std::swap(batch.spans[0], batch.spans[2]);  // children end first
  batch.spans[0].parent_id = batch.spans[1].span_id;
  f.pipeline->submit(batch);
  f.pipeline->flush(Clock::now() + 5s);
  const auto body = nlohmann::json::parse(f.endpoint->bodies.at(0));
  CHECK(body[0]["data"]["meta.span_type"] == "leaf");
  CHECK(body[1]["data"]["meta.span_type"] == "mid");
  CHECK(body[2]["data"]["meta.span_type"] == "root");
}

TEST_CASE("an endpoint that takes nothing costs neither time nor more than 10,000 events") {
  Fixture f;
  f.config.rate_max = f.config.trace_spans_max = 0;
  f.endpoint->blocked = true;
  f.open();
  const auto begin = Clock::now();
  for (int i = 0; i < 30; ++i) f.pipeline->submit(spans(1'000, "saas-update", 1'000 * i));
  CHECK(Clock::now() - begin < 2s);
  CHECK(f.pipeline->stats().dropped_queue_full == 20'000);
  CHECK_FALSE(f.pipeline->flush(Clock::now() + 10ms));
  f.endpoint->unblock();
  CHECK_FALSE(f.pipeline->flush(Clock::now() + 10s));  // nothing queued, but not all delivered
  CHECK(f.pipeline->stats().accepted == 10'000);
  CHECK(f.balanced());
  CHECK(f.said.size() == 1);
}

TEST_CASE("whoever drains is told how much room there is, and a job's own span needs none") {
  Fixture f;
  f.config.rate_max = 0;
  f.config.trace_spans_max = 9'990;
  f.endpoint->blocked = true;
  f.open();
  CHECK(f.pipeline->room().events == kQueueItemsMax);
  CHECK(f.pipeline->room().bytes == kQueueBytesMax);
  f.pipeline->submit(spans(9'990));
  CHECK(f.pipeline->room().events == 10);
  SpanBatch job = spans(1, "saas-update", 20'000);
  job.spans[0].local_root = true;  // below an incoming TRACEPARENT
  f.pipeline->submit(job);
  CHECK(f.pipeline->stats().capped == 1);
  f.pipeline->submit(job, Admission::kAlways);
  CHECK(f.pipeline->stats().capped == 1);
  SpanBatch others = spans(8, "saas-update", 30'000);  // and the summary of the one folded
  for (SpanData& span : others.spans) span.trace_id = samples::trace_id(0x50);
  f.pipeline->submit(others);
  CHECK(f.pipeline->room().events == 0);
  f.pipeline->submit(job, Admission::kAlways);
  CHECK(f.pipeline->stats().dropped_queue_full == 0);
  f.endpoint->unblock();
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(f.balanced());
  CHECK(f.pipeline->stats().dropped() == 0);
}

TEST_CASE("the queue's bytes are bounded too") {
  Fixture f;
  f.config.rate_max = 0;
  f.endpoint->blocked = true;
  f.open();
  const std::string fat(60'000, 'x');
  SpanBatch batch = spans(1'000);
  for (std::size_t i = 0; i < batch.spans.size(); ++i) {
    batch.spans[i].fields = {static_cast<std::uint32_t>(i), 1};
    batch.fields.push_back({"fat", Value::of(std::string_view(fat))});
  }
  f.pipeline->submit(batch);
  const std::uint64_t dropped = f.pipeline->stats().dropped_queue_full;
  CHECK(dropped > 400);
  CHECK(dropped < 500);  // 32 MiB hold 550 of them
  f.pipeline->shutdown(Clock::now());
  CHECK(f.pipeline->stats().dropped_exit == 1'000 - dropped);
}

TEST_CASE("a hanging endpoint does not outlast the deadline") {
  Fixture f;
  f.endpoint->blocked = true;
  f.open();
  f.pipeline->submit(spans(10));
  const auto begin = Clock::now();
  f.pipeline->shutdown(begin + 200ms);
  CHECK(Clock::now() - begin < 450ms);  // idle machines: 200
  CHECK(f.pipeline->stats().dropped_exit == 10);
  CHECK(f.balanced());
  REQUIRE(f.said.size() == 1);
  CHECK(f.said[0] ==
        "autospan: 10 of 10 events were not delivered: 10 not sent by the exit deadline "
        "(AUTOSPAN_EXIT_DEADLINE gives more time)\n");
}

TEST_CASE("flush and shutdown tell delivered from merely gone") {
  Directory place;
  Fixture f;
  SECTION("accepted") {
    f.open();
    f.pipeline->submit(spans(2));
    CHECK(f.pipeline->flush(Clock::now() + 5s));
    CHECK(f.pipeline->shutdown(Clock::now() + 5s));
    CHECK(f.pipeline->shutdown(Clock::now()));  // the same answer
  }
  SECTION("a key that is refused") {
    f.endpoint->script = {answer(401)};
    f.open();
    f.pipeline->submit(spans(2));
    CHECK_FALSE(f.pipeline->flush(Clock::now() + 5s));
    CHECK_FALSE(f.pipeline->shutdown(Clock::now() + 5s));
  }
  SECTION("an endpoint that does not answer in time") {
    f.endpoint->script = {failure(Answer::Outcome::kNotSent), failure(Answer::Outcome::kNotSent)};
    f.open();
    f.pipeline->submit(spans(2));
    CHECK_FALSE(f.pipeline->shutdown(Clock::now() + 10ms));
  }
  SECTION("a full disk beside an endpoint that takes all") {
    f.config.files = {place.path / "spans", "/dev/full"};
    f.open();
    f.pipeline->submit(spans(2));
    CHECK_FALSE(f.pipeline->flush(Clock::now() + 5s));
    CHECK_FALSE(f.pipeline->shutdown(Clock::now() + 5s));
    CHECK(f.pipeline->stats().accepted == 4);
  }
}

TEST_CASE("one line at the end tells how many events were not delivered, by reason") {
  Fixture f;
  f.config.files = {"/dev/full"};
  f.endpoint->script = {statuses({202, 400, 202}), answer(401)};
  f.open();
  f.pipeline->submit(spans(3));
  f.pipeline->flush(Clock::now() + 5s);
  f.pipeline->submit(spans(4));
  f.pipeline->shutdown(Clock::now() + 5s);
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(std::count(f.said.begin(), f.said.end(),
                   "autospan: 12 of 14 events were not delivered: 1 rejected by the endpoint, "
                   "4 could not be sent, 7 could not be written\n") == 1);
}

TEST_CASE("a wait that would outlast the deadline is not waited for") {
  Fixture f;
  f.endpoint->script = {answer(429, "", "30")};
  f.open();
  f.pipeline->submit(spans(10));
  const auto begin = Clock::now();
  f.pipeline->shutdown(begin + 5s);
  CHECK(Clock::now() - begin < 1s);
  CHECK(f.pipeline->stats().dropped_exit == 10);
}

TEST_CASE("an event over a megabyte is dropped with its reason, its neighbours go") {
  Fixture f;
  f.open();
  std::vector<std::string> texts(17, std::string(65'535, '\x01'));  // six bytes each when escaped
  SpanBatch batch = spans(2);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < texts.size(); ++i) keys.push_back("k" + std::to_string(i));
  for (std::size_t i = 0; i < texts.size(); ++i)
    batch.fields.push_back({keys[i], Value::of(std::string_view(texts[i]))});
  batch.spans[0].fields = {0, 17};
  f.pipeline->submit(batch);
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(f.pipeline->stats().dropped_too_large == 1);
  CHECK(f.pipeline->stats().accepted == 1);
  CHECK_THAT(f.pipeline->stats().last_error, HasText("1000000"));
}

TEST_CASE("capped traces say so, and nothing of the cap touches a file") {
  Directory place;
  Fixture f;
  f.config.trace_spans_max = 5;
  f.config.files = {place.path / "all.ndjson"};
  f.open();
  SpanBatch batch = spans(101);
  std::rotate(batch.spans.begin(), batch.spans.begin() + 1,
              batch.spans.end());  // the root ends last
  f.pipeline->submit(batch);
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(f.endpoint->events() == 5 + 1 + 1);  // spans, root, summary
  CHECK(f.pipeline->stats().capped == 95);
  CHECK(f.pipeline->stats().created == 101 * 2 + 1);
  CHECK(f.balanced());
  std::string all;
  for (const std::string& body : f.endpoint->bodies) all += body;
  CHECK_THAT(all, HasText(R"({"data":{"meta.autospan.capped":true,"name":"start")"));
  CHECK_THAT(all, HasText(R"("count":95,"sum_ms":95.0,"max_ms":1.0)"));
  std::ifstream in(place.path / "all.ndjson");
  CHECK(std::count(std::istreambuf_iterator<char>(in), {}, '\n') == 101);
}

TEST_CASE("a service name with a slash goes to a dataset without, and is told once") {
  Fixture f;
  f.open();
  f.pipeline->submit(spans(1, "my data/set ünï"));
  f.pipeline->submit(spans(1, "my data/set ünï"));
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(f.endpoint->urls.front() == "http://h/1/batch/my%20data-set%20%C3%BCn%C3%AF");
  CHECK_THAT(f.endpoint->bodies.front(), HasText(R"("service.name":"my data/set ünï")"));
  CHECK(f.said.size() == 1);
}

TEST_CASE("no library to send with: a warning at opening, everything counted") {
  std::vector<std::string> warnings;
  ExportConfig config;
  config.honeycomb = true;
  config.honeycomb_config = {"the-key", "http://h", ""};
  config.export_library = "/nonexistent/libautospan-export.so";
  auto pipeline = ExportPipeline::open(config, warnings);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], HasText("libautospan-export.so"));
  pipeline->submit(spans(3));
  CHECK_FALSE(pipeline->flush(Clock::now()));
  CHECK(pipeline->stats().dropped_send_failed == 3);
}

TEST_CASE("a library that is none: one line, everything counted") {
  Directory place;
  std::ofstream(place.path / "lib.so") << "not an object";
  std::vector<std::string> warnings, said;
  ExportConfig config;
  config.honeycomb = true;
  config.honeycomb_config = {"the-key", "http://h", ""};
  config.export_library = place.path / "lib.so";
  PipelineParts parts;
  parts.say = [&](std::string_view line) { said.emplace_back(line); };
  auto pipeline = open_pipeline(config, warnings, parts);
  pipeline->submit(spans(3));
  CHECK_FALSE(pipeline->flush(Clock::now() + 5s));
  CHECK(pipeline->stats().dropped_send_failed == 3);
  CHECK(said.size() == 1);
}

TEST_CASE("a fork child's copy of a pipeline does nothing and waits for nobody") {
  Fixture f;
  f.open();
  f.pipeline->submit(spans(1));
  const pid_t child = fork();
  if (child == 0) {
    const auto begun = Clock::now();
    const std::uint64_t created = f.pipeline->stats().created;
    f.pipeline->submit(spans(1));
    const bool took = f.pipeline->stats().created != created;
    const bool lied = f.pipeline->flush(begun + 5s) || f.pipeline->shutdown(begun + 5s);
    f.pipeline.reset();
    const bool waited = Clock::now() - begun > 2s;
    _exit(int{took} | int{lied} << 1 | int{waited} << 2);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(f.pipeline->flush(Clock::now() + 5s));
  CHECK(f.endpoint->events() == 1);
}

TEST_CASE("flushes from several threads beside a submitting one: nothing lost, nothing twice") {
  Fixture f;
  f.config.rate_max = 0;
  f.open();
  std::atomic<bool> done{false};
  std::vector<std::thread> flushers;
  for (int i = 0; i < 3; ++i)
    flushers.emplace_back([&] {
      while (!done) {
        f.pipeline->flush(Clock::now() + 50ms);
        (void)f.pipeline->stats();
      }
    });
  for (int i = 0; i < 100; ++i) f.pipeline->submit(spans(50, "saas-update", 50 * i));
  done = true;
  for (std::thread& t : flushers) t.join();
  f.pipeline->shutdown(Clock::now() + 5s);
  CHECK(f.pipeline->stats().accepted == 5'000);
  CHECK(f.endpoint->events() == 5'000);
}
