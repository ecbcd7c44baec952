/* Returned values in C. */
#include <stdio.h>
struct pair {
  int first, second;
};
enum color { red, green };
int number(int n) { return n + 1; }
int fails(int n) { return n ? -n : 0; }
const char* text(void) { return "text"; }
void* nowhere(void) { return 0; }
double real(void) { return 0.5; }
_Bool flag(void) { return 1; }
enum color color(int n) { return n ? green : red; }
struct pair pair(int n) {
  struct pair made = {n, n + 1};
  return made;
}
struct pair pair_by_literal(int n) { return (struct pair){n, n}; }
_Complex double complex_number(void) { return 1.0; }
unsigned char narrow(int n) { return n; }
int old_style(n) int n; { return n; }
int no_value(int n) {
  if (n) return 1;
  return 0;
}
int main(void) {
  number(1), fails(0), fails(2), text(), nowhere(), real(), flag(), color(1);
  printf("%d %d %d\n", pair(1).second, pair_by_literal(2).first, narrow(257));
  complex_number(), old_style(3), no_value(0);
  return 0;
}
