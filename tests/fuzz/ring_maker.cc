// Leaves a ring that holds one of everything, small, and dies. `ring_maker VARIANT`
#include <autospan/context.h>
#include <autospan/trace.h>
#include <signal.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

enum class Colour { kRed = 1, kGreen = 2 };

void nested(int depth) {
  TRACE_SPAN("nested", "depth", depth, "text", std::string(std::size_t(depth % 50), 'n'));
  TRACE_FIELD("answer", depth * 42);
  if (depth > 0) return nested(depth - 1);
  TRACE_FIELD("long", std::string(9000, 'l'));
  raise(SIGKILL);
}

void everything(int i) {
  TRACE_SPAN("everything", "i", i, "real", 0.5 * i, "flag", i % 2 == 0, "text", "some text, some more text",
             "pointer", static_cast<void*>(&i), "letter", 'x');
  TRACE_FIELD("short", i);
  TRACE_FIELD("text", std::string(std::size_t(i * 7 % 300), 't'));
  TRACE_EVENT("event", "n", i);
  if (i % 5 == 0) TRACE_FIELD("long", std::string(5000, 'L'));
  if (i % 7 == 0) {
    TRACE_ROOT("root", "i", i);
  }
  try {
    TRACE_SPAN("throws");
    if (i % 4 == 0) throw std::runtime_error("thrown");
  } catch (const std::exception&) {
  }
}

const autospan_v1_enum_name kColours[] = {{1, "red"}, {2, "green"}};
const autospan_v1_param kParams[] = {{"colour", kColours, 2, AUTOSPAN_ENUM, 0, 0},
                                     {"type", "some::Type", 0, AUTOSPAN_OPAQUE, 0, 0},
                                     {"secret", nullptr, 0, AUTOSPAN_REDACTED, 0, 0},
                                     {"took", nullptr, 0, AUTOSPAN_DURATION, 0, 0},
                                     {"when", nullptr, 0, AUTOSPAN_TIME, 0, 0},
                                     {"json", nullptr, 0, AUTOSPAN_JSON, 0, 0}};
autospan_v1_site g_typed{0,         sizeof(autospan_v1_site), AUTOSPAN_SITE_SPAN, 0, "typed",
                         "void typed(Colour)", "typed.cc", "a-service", kParams, 7, 6, AUTOSPAN_KIND_CLIENT, {}, 0, 0};

void typed() {
  const char json[] = R"({"a":[1,2,{"b":null}]})";
  const autospan_v1_slot values[] = {{autospan_u64(Colour::kGreen), 0, AUTOSPAN_ENUM, 0, 0},
                                     {123456789, 0, AUTOSPAN_DURATION, 0, 0},
                                     {1700000000123456789, 0, AUTOSPAN_TIME, 0, 0},
                                     {reinterpret_cast<autospan_u64>(json), sizeof json - 1, AUTOSPAN_JSON, 0, 0}};
  autospan_v1_exit(autospan_v1_enter_n(&g_typed, values, 4));
  autospan_v1_detached handles[3];
  for (autospan_v1_detached& handle : handles) autospan_v1_detached_begin(&handle, &g_typed, values, 4);
  autospan_v1_detached_suspend(&handles[0]);
  autospan_v1_detached_end(&handles[1]);
}

}  // namespace

int main(int argc, char** argv) {
  const int variant = argc > 1 ? std::atoi(argv[1]) : 0;
  // The witness: a thread whose chunks no mutation touches, and what it recorded.
  std::thread([] {
    for (int i = 0; i < 60; ++i) {
      TRACE_SPAN("witness", "i", i);
    }
  }).join();
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < (variant == 1 ? 200 : 25); ++i) everything(i);
    });
  for (std::thread& thread : threads) thread.join();
  typed();
  autospan_v1_context context{};
  for (int i = 0; i < 16; ++i) context.trace_id[i] = autospan_u8(i + 1);
  context.span_id[0] = 7;
  context.flags = 1;
  context.rate = 3;
  autospan_v1_scope scope;
  autospan_v1_scope_begin(&scope, &context);
  everything(1);
  nested(variant == 2 ? 100 : 20);
}
