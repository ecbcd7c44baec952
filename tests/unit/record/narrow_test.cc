// AUTOSPAN_CAPTURE: what is not to be captured is in no byte of the ring.
#include <autospan/trace.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "catch.hpp"
#include "recorded_child.h"

using namespace autospan::test;

namespace {

constexpr char kCanary[] = "canary-7f3a";

int job() {
  const std::string text = kCanary;
  static const autospan_v1_param params[] = {{"n", nullptr, 0, AUTOSPAN_I64, 0, 0},
                                             {"text", nullptr, 0, AUTOSPAN_STR, 0, 0},
                                             {"pin", nullptr, 0, AUTOSPAN_REDACTED, 0, 0},
                                             {"return", nullptr, 0, AUTOSPAN_STR, AUTOSPAN_LATER, 0}};
  static autospan_v1_site site = {0, sizeof site, AUTOSPAN_SITE_SPAN, 0, "site", nullptr, nullptr,
                                  nullptr, params, 1, 4, 0, 0, 0, 0};
  const autospan_v1_slot slot{reinterpret_cast<autospan_u64>(text.data()), 11, AUTOSPAN_STR, 0, 0};
  for (int i = 0; i < 2; ++i) {  // new, and known
    const auto guard = autospan_v1_enter_ws(&site, 4242, text.data(), text.size());
    autospan_v1_set(guard, 3, &slot);
    autospan_v1_exit(guard);
  }
  TRACE_SPAN("macro", "n", 4242, "text", text, "more", 1, "letter", 'c');
  TRACE_FIELD("text", text);
  TRACE_FIELD("long", text + std::string(5000, 'x'));
  TRACE_FIELD("n", 4242);
  TRACE_EVENT("event", "text", text, "n", 4242);
  try {
    TRACE_SPAN("throws");
    throw std::runtime_error(text);
  } catch (const std::exception&) {
  }
  autospan_v1_coroutine coroutine;
  const autospan_v1_slot values[] = {{4242, 0, AUTOSPAN_I64, 0, 0}, slot};
  autospan_v1_coroutine_begin(&coroutine, &site, values, 2);
  autospan_v1_coroutine_end(&coroutine);
  return 1;
}

std::string bytes_of(const RecordedChild& child) {
  std::ifstream file(child.rings().at(0), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("AUTOSPAN_CAPTURE narrows what is recorded") {
  RecordedChild all, numbers, none, wrong;
  all.run(job);
  numbers.run(job, {{"AUTOSPAN_CAPTURE", "numbers"}});
  none.run(job, {{"AUTOSPAN_CAPTURE", "none"}});
  CHECK(bytes_of(all).find(kCanary) != std::string::npos);
  CHECK(bytes_of(numbers).find(kCanary) == std::string::npos);
  CHECK(bytes_of(none).find(kCanary) == std::string::npos);

  CHECK(draw(all.dump()).find("site n=4242 text=canary-7f3a return=canary-7f3a pin=[redacted]\n") == 0);
  CHECK(draw(numbers.dump()) ==
        "site n=4242 pin=[redacted]\nsite n=4242 pin=[redacted]\n"
        "macro n=4242 more=1 n=4242\n  * event n=4242\n  throws exception.type=std::runtime_error !\n"
        "  site n=4242 pin=[redacted]\n");
  CHECK(draw(none.dump()) ==
        "site pin=[redacted]\nsite pin=[redacted]\nmacro\n  * event\n"
        "  throws exception.type=std::runtime_error !\n  site pin=[redacted]\n");
}
