// Fields, events and errors on the innermost span: short ones in its frame, long ones as records.
#include <autospan/trace.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

namespace billing {
struct Plan {
  std::string name;
  double price;
};
struct Response {
  int status;
  Plan plan;
  std::vector<int> ids;
  std::optional<int> none;
  std::string api_token;
};
class Account {
 public:
  int id() const { return id_; }

 private:
  int id_ = 7;
};
inline void autospan_fields(const Account& account, autospan::FieldSink& out) {
  out.field("id", account.id());
}
struct Listed {
  int a, b, left_out;
};
AUTOSPAN_FIELDS(Listed, a, b);
}  // namespace billing

namespace {

const autospan::Value* find(const autospan::drain::ProcessDump& dump, const std::string& key) {
  for (const auto& field : dump.batch.fields)
    if (field.key == key) return &field.value;
  return nullptr;
}

}  // namespace

TEST_CASE("fields of every kind, reserved keys moved aside") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("span");
    const std::string key = "dynamic.key";
    TRACE_FIELD(key, "text");
    TRACE_FIELD("took", std::chrono::milliseconds(1500));
    TRACE_FIELD("at", std::chrono::system_clock::time_point(std::chrono::seconds(1)));
    TRACE_FIELD("big", ~0ull);
    TRACE_FIELD("small", -1);
    TRACE_FIELD("single", 0.1f);
    TRACE_FIELD("empty", std::optional<int>());
    TRACE_FIELD("null", static_cast<const char*>(nullptr));
    TRACE_FIELD("name", "mine");
    TRACE_FIELD("trace.trace_id", "mine");
    TRACE_FIELD("code", std::make_error_code(std::errc::timed_out));
    return 1;
  });

  CHECK(draw(child.dump()) ==
        "span dynamic.key=text took_ms=1500 at=1970-01-01T00:00:01.000000000Z "
        "big=18446744073709551615 small=-1 single=0.1 app.name=mine app.trace.trace_id=mine "
        "app.code.code=110 app.code.category=generic app.code.message=Connection timed out\n");
}

TEST_CASE("a whole object is flattened, by its hook or by what the compiler knows") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("span");
#if __cplusplus >= 202002L
    const billing::Response response{200, {"gold", 9.5}, {1, 2, 3, 4, 5}, {}, "hunter2"};
    TRACE_FIELDS("r", response);
#endif
    TRACE_FIELDS("account", billing::Account());
    TRACE_FIELDS("listed", (billing::Listed{1, 2, 3}));
    TRACE_FIELDS("shared", std::make_shared<billing::Account>());
    return 1;
  });

  CHECK(draw(child.dump()) ==
        "span r.status=200 r.plan.name=gold r.plan.price=9.5 r.ids.size=5 r.ids=[1,2,3,4] "
        "r.api_token=[redacted] account.id=7 listed.a=1 listed.b=2 shared.id=7\n");
}

TEST_CASE("a text of up to 65,535 bytes is whole, a longer one is cut on a code point") {
  for (const std::size_t bytes : {1u, 255u, 1024u, 1025u, 5000u, 65535u, 65536u, 200000u}) {
    RecordedChild child;
    child.run([bytes] {
      TRACE_SPAN("span");
      std::string text;
      while (text.size() < bytes) text += "é";
      text.resize(bytes, 'x');
      TRACE_FIELD("long", text);
      TRACE_FIELD("after", 1);
      return 1;
    });

    const auto dump = child.dump();
    const autospan::Value* value = find(dump, "long");
    REQUIRE(value);
    const std::size_t limit = 65535;
    if (bytes <= limit) {
      CHECK(value->text.size() == bytes);
    } else {
      CHECK(value->text.size() <= limit);
      CHECK(value->text.size() >= limit - 3);
      CHECK(value->text.size() % 2 == 0);  // "é" is two bytes
      CHECK(dump.batch.spans[0].truncated);
    }
    CHECK(find(dump, "after"));
    CHECK(dump.damaged == 0);
  }
}

TEST_CASE("a frame takes many fields, and what finds no room there still arrives") {
  RecordedChild child;
  child.run([] {
    TRACE_SPAN("span");
    for (int i = 0; i < 1500; ++i) TRACE_FIELD("f" + std::to_string(i), i);
    return 1;
  });

  const auto dump = child.dump();
  REQUIRE(dump.batch.spans.size() == 1);
  CHECK(dump.batch.spans[0].fields.count == 1500);
  CHECK(draw_value(*find(dump, "f1499")) == "1499");
}

TEST_CASE("events, links and errors belong to the innermost span") {
  RecordedChild child;
  child.run([] {
    TRACE_EVENT("lost");
    TRACE_FIELD("lost", 1);
    TRACE_ERROR("lost");
    TRACE_SPAN("outer");
    {
      TRACE_SPAN("inner");
      TRACE_EVENT("cache.miss", "key", std::string(300, 'k'), "n", 2);
      TRACE_ERROR(std::runtime_error("boom"));
    }
    TRACE_ERROR("just text");
    return 1;
  });

  const auto dump = child.dump();
  CHECK(draw(dump) ==
        "outer exception.message=just text !\n"
        "  inner exception.type=std::runtime_error exception.message=boom !\n"
        "    * cache.miss key=<300 bytes> n=2\n");
}

TEST_CASE("an argument of more than 256 bytes is cut on a code point and marked") {
  RecordedChild child;
  child.run([] {
    std::string text(255, 'a');
    text += "é and more";
    TRACE_SPAN("span", "text", text);
    return 1;
  });

  const auto dump = child.dump();
  REQUIRE(dump.batch.spans.size() == 1);
  CHECK(find(dump, "text")->text == std::string(255, 'a'));
  CHECK(dump.batch.spans[0].truncated);
}
