/* C23. */
#include <stdarg.h>
#include <stdio.h>
enum plan : unsigned char { FREE, PRO };
static int typed(enum plan plan, bool on, typeof(nullptr) none) { return plan + on; }
static int bits(_BitInt(12) narrow, unsigned _BitInt(64) wide) { return (int)narrow; }
[[nodiscard]] static int attributed([[maybe_unused]] int n) { return 1; }
static int unnamed(int, const char* text) { return text[0]; }
static int any(...) {
  va_list list;
  va_start(list);
  int first = va_arg(list, int);
  va_end(list);
  return first;
}
static auto deduced = 5;
static int types(typeof(deduced) same, typeof_unqual(const int) plain) { return same + plain; }
static int constants(int n) {
  constexpr int three = 3;
  static_assert(three == 3);
  return n + three;
}
static int labels(int n) {
  if (n) goto end;
  n = 4;
end:
  int after = n;
  return after;
}
static struct pair { int a, b; } made(int n) { return (struct pair){n, 2}; }
static void* null(void* pointer) { return pointer == nullptr ? nullptr : pointer; }
[[noreturn]] static void quits(int code) {
  fflush(stdout);
  extern void exit(int);
  exit(code);
}
int main() {
  printf("%d %d %d\n", typed(PRO, true, nullptr), bits(-5, 6), attributed(1));
  printf("%d %d %d\n", unnamed(1, "A"), any(7), types(1, 2));
  printf("%d %d %d %d\n", constants(1), labels(0), labels(1), made(3).a);
  null(nullptr);
  quits(0);
}
