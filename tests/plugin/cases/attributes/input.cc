// Functions with attributes keep what those ask for.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#define MADE(name, type) \
  type name(type n) { return n; }
MADE(made_by_macro, int)
__attribute__((target_clones("avx2", "default"))) int cloned(int n) { return n + 1; }
__attribute__((target("default"))) int versioned(int n) { return n + 2; }
__attribute__((target("avx512f,avx512vl,avx512bw,avx512vbmi2"))) int versioned(int n) { return n + 2; }
__attribute__((always_inline)) inline int always(int n) { return n; }
__attribute__((noinline, cold)) int rarely(int n) { return n; }
__attribute__((flatten, hot)) int flat(int n) { return always(n) + rarely(n); }
__attribute__((optnone, noinline)) int unoptimised(int n) { return n; }
__attribute__((minsize)) int small(int n) { return n; }
__attribute__((section(".text.elsewhere"))) int elsewhere(int n) { return n; }
extern "C" __attribute__((weak)) int weakly(int n) { return n; }
extern "C" int aliased(int n) __attribute__((alias("weakly")));
__attribute__((visibility("hidden"))) int hidden(int n) { return n; }
__attribute__((returns_nonnull, nonnull(1))) const char* never_null(const char* text) { return text; }
__attribute__((malloc, alloc_size(1))) void* allocates(unsigned long bytes) {
  return std::malloc(bytes);
}
__attribute__((ms_abi)) long long microsoft(int a, double b, long long c) { return a + c; }
__attribute__((regcall)) int registers(int a, int b) { return a + b; }
__attribute__((no_sanitize("undefined"), no_stack_protector)) int unchecked(int n) { return n; }
__attribute__((nothrow)) int silent(int n) { return n; }
__attribute__((warn_unused_result)) int used(int n) { return n; }
[[nodiscard("why")]] int nodiscard(int n) { return n; }
[[gnu::abi_tag("two")]] int tagged(int n) { return n; }
[[noreturn]] void quits(int code) {
  std::puts("quits");
  std::exit(code);
}
int renamed(int n) asm("another_name");
int renamed(int n) { return n; }
__attribute__((constructor)) static void at_start() { std::puts("at_start"); }
__attribute__((destructor)) static void at_end() {}
__attribute__((no_instrument_function)) int plain(int n) { return n; }
int initialised(int n) { return n; }
thread_local int per_thread = initialised(1);
void release(int* held) { *held = 0; }
int cleans(int n) {
  __attribute__((cleanup(release))) int held = n;
  return held;
}
int once(int n) {
  static int kept = initialised(n);
  return kept;
}
int main() {
  std::printf("%d %d %d\n", made_by_macro(1), cloned(1), versioned(1));
  std::printf("%d %d %d\n", always(1), rarely(2), flat(3));
  std::printf("%d %d %d\n", unoptimised(1), small(2), elsewhere(3));
  std::printf("%d %d %d\n", weakly(1), aliased(2), hidden(3));
  std::printf("%s\n", never_null("text"));
  std::free(allocates(8));
  std::printf("%lld %d %d %d\n", microsoft(1, 2, 3), registers(4, 5), unchecked(6), silent(7));
  std::printf("%d %d %d %d\n", used(1), nodiscard(2), tagged(3), renamed(4));
  std::printf("%d %d %d %d %d\n", plain(1), per_thread, cleans(2), once(3), once(4));
  quits(0);
}
