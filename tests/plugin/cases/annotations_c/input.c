/* The same marks in C23. */
#include <stdio.h>
[[autospan::span]] int declared([[autospan::redact]] int pin, int open);
int declared(int pin, int open) { return pin + open; }
[[autospan::span("renamed")]] static void named(void) {}
[[autospan::skip]] static int UpdateNever(void) { return 0; }
static int UpdateAlways(void) { return 1; }
int main(void) {
  named();
  printf("%d\n", declared(1, 2) + UpdateNever() + UpdateAlways());
}
