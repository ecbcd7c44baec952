#include "store_reader.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.hpp"

using namespace autospan::cli;

namespace {

// A store of its own with what a test puts into it.
class Store {
 public:
  Store() {
    char path[] = "/tmp/autospan-store-XXXXXX";
    directory_ = mkdtemp(path);
    std::filesystem::create_directory(directory_ + "/inbox");
  }
  ~Store() { std::filesystem::remove_all(directory_); }

  void segment(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/inbox/" + name) << text;
  }
  void directory_as_segment(const std::string& name) {
    std::filesystem::create_directory(directory_ + "/inbox/" + name);
  }
  std::vector<std::string> segments() const { return find_segments({"/nonexistent", directory_}); }

 private:
  std::string directory_;
};

std::string line(const std::string& trace_digit, int second, const std::string& more = "") {
  return R"({"time":"2027-01-15T08:00:0)" + std::to_string(second) +
         R"(Z","samplerate":1,"dataset":"d","data":{"name":"n)" + trace_digit +
         R"(","trace.trace_id":")" + std::string(32, trace_digit[0]) +
         R"(","trace.span_id":"000000000000000)" + std::to_string(second) + R"(","duration_ms":1)" +
         more + "}}\n";
}
const std::string kChild = R"(,"trace.parent_id":"0000000000000001")";

autospan::TraceId trace(unsigned char byte) {
  autospan::TraceId id;
  id.bytes.fill(byte);
  return id;
}

}  // namespace

TEST_CASE("a survey knows each trace by the start of its root") {
  Store store;
  store.segment("a.ndjson", line("1", 1) + line("1", 9, kChild) + line("2", 2));

  const StoreContents contents = survey(store.segments());

  REQUIRE(contents.traces.size() == 2);
  CHECK(contents.traces.at(trace(0x11)).spans == 2);
  CHECK(contents.traces.at(trace(0x11)).begins_ns() < contents.traces.at(trace(0x22)).begins_ns());
}

TEST_CASE("a trace whose root is missing begins with its first span") {
  Store store;
  store.segment("a.ndjson", line("1", 5, kChild) + line("1", 3, kChild));

  const TraceSummary summary = survey(store.segments()).traces.at(trace(0x11));

  CHECK(summary.begins_ns() == summary.first_ns);
}

TEST_CASE("damaged lines are passed over and counted, a torn last line too") {
  Store store;
  store.segment("a.ndjson", "garbage\n" + line("1", 1) + R"({"time":"2027)");
  store.segment("b.txt", "not a segment");

  const StoreContents contents = survey(store.segments());

  CHECK(contents.damaged == 2);
  CHECK(contents.traces.size() == 1);
}

TEST_CASE("one trace is read from all segments, and no other span with it") {
  Store store;
  store.segment("a.ndjson", line("1", 1) + line("2", 2));
  store.segment("b.ndjson",
                line("1", 3, kChild) + line("2", 4, R"(,"note":")" + std::string(32, '1') + "\""));

  const StoredTrace stored = read_trace(store.segments(), trace(0x11));

  REQUIRE(stored.set.spans.size() == 2);
  CHECK(stored.set.spans[0].span->name == "n1");
}

TEST_CASE("what cannot be read as a segment is told") {
  Store store;
  store.directory_as_segment("a.ndjson");

  const StoreContents contents = survey(store.segments());

  REQUIRE(contents.unreadable.size() == 1);
  CHECK(contents.unreadable[0].find("a.ndjson: Is a directory") != std::string::npos);
}
