// What the object of the freeze was made from: see README.md. Every entry of ABI version 1 that the
// plugin and the macros call. Of libc alone, so that it links with any C++ runtime, or none.
#include <autospan/trace.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

namespace frozen {

enum class Colour { kRed = 1, kBlue = 2 };

struct Text {
  const char* data_;
  unsigned long size_;
  using value_type = char;
  const char* data() const { return data_; }
  unsigned long size() const { return size_; }
};

int g_sum;

void Plain() { ++g_sum; }
void Number(long n) { g_sum += int(n); }
void Numbers(unsigned a, double b) { g_sum += int(a + b); }
void Name(const char* name) { g_sum += name ? int(strlen(name)) : 0; }
void Pair(int id, const char* name) { g_sum += id + int(strlen(name)); }
void Many(bool flag, char letter, float real, const void* where, Colour colour, const char* long_text) {
  g_sum += flag + letter + int(real) + (where != nullptr) + int(colour) + int(strlen(long_text));
  Plain();
}
void Secret(const char* password) { g_sum += int(strlen(password)); }
void Fields() {
  TRACE_FIELD("answer", 42);
  TRACE_FIELD("text", "kept");
  TRACE_EVENT("happened", "times", 3);
  TRACE_ERROR("it went wrong");
}
void Nested(int depth) {
  if (depth > 0) Nested(depth - 1);
}
void Context() {
  const auto here = autospan::current_context();
  TRACE_LINK(here);
  autospan::ContextScope scope(here);
  Plain();
}

// Its span stays open.
void Die(int signal) { kill(getpid(), signal); }

}  // namespace frozen

extern "C" int frozen_story() {
  using namespace frozen;
  {
    TRACE_SPAN("macro", "id", 7, "name", "by hand");
    TRACE_SPAN("macro.text", "only", (Text{"text", 4}));
    TRACE_SPAN("macro.many", "a", 1, "b", 2, "c", 3.5, "d", "four");
    Plain();
  }
  Number(-5);
  Numbers(6, 0.25);
  Name("sixteen bytes ok");
  Name(nullptr);
  Pair(1, "x");
  char text[300];
  memset(text, 't', sizeof text - 1);
  text[sizeof text - 1] = 0;
  Many(true, 'q', 1.5f, nullptr, Colour::kBlue, text);
  Secret("not to be seen");
  Fields();
  Nested(3);
  Context();
  Die(SIGKILL);
  return g_sum;
}
