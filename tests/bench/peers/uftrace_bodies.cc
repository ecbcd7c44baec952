// The only file that is compiled for uftrace: with -pg, and once more with -finstrument-functions.
// The bodies call nothing: what they called would be recorded as well.
#include "uftrace_bodies.h"

[[gnu::noinline]] void traced() { asm volatile("" ::: "memory"); }
[[gnu::noinline]] void traced_int_str(long n, const char* text) {
  asm volatile("" ::"r"(n), "r"(text) : "memory");
}
