// The job of these tests: three spans deep with arguments, some of them finished, then the end that
// its argument names: done, status N, abort, or wait (for a signal, with the spans open). Or N
// spans in a row: many N.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "autospan/trace.h"

namespace {

void finish_user(int user) { TRACE_SPAN("FinishUser", "user_id", user); }

void fail_user() {
  TRACE_SPAN("FailUser");
  TRACE_ERROR("card declined");
}

void end_like(const char* how, int status) {
  TRACE_SPAN("UpdateSalesforce", "email", std::string("ada@example.org"), "attempt", 2);
  finish_user(1);
  finish_user(2);
  fail_user();
  if (!std::strcmp(how, "abort")) std::abort();
  if (!std::strcmp(how, "wait")) {
    std::puts("ready");
    std::fflush(stdout);
    for (;;) pause();
  }
  if (!std::strcmp(how, "status")) std::exit(status);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && !std::strcmp(argv[1], "many")) {
    for (int i = std::atoi(argv[2]); i > 0; --i) finish_user(i);
    return 0;
  }
  TRACE_SPAN("start", "how", std::string(argc > 1 ? argv[1] : "done"));
  end_like(argc > 1 ? argv[1] : "done", argc > 2 ? std::atoi(argv[2]) : 0);
  return 0;
}
