/* C11, K&R definitions included. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
enum color { RED, GREEN = 4 };
struct pair {
  int a, b;
};
typedef enum { small, large } size_kind;
static int integers(int i, unsigned u, long long ll, unsigned char uc, bool b) { return i; }
static int strings(const char* s, char* none) { return s != NULL; }
static double numbers(float f, double d, long double ld) { return f + d; }
static void enums(enum color c, size_kind k) {}
static struct pair structs(struct pair p, struct pair* q) { return p; }
static int kr(n, text) int n; const char* text; { return n; }
static int variadic(int count, ...) {
  va_list list;
  va_start(list, count);
  int first = va_arg(list, int);
  va_end(list);
  return first;
}
static void pointers(void* p, int (*function)(int), int numbers[], char grid[2][3]) {}
static int variable(int n, int numbers[n]) { return numbers[n - 1]; }
static void nothing(void) {}
static int complex_number(_Complex double z) { return 1; }
static int generic_word(int class, int new, const char* delete) { return class + new; }
int exported(int restricted, const char* restrict text) { return restricted; }
inline static int inlined(int n) { return n; }
static int loops(int n) {
  int sum = 0;
  for (;;) {
    if (n-- == 0) goto done;
    sum += n;
  }
done:
  return sum;
}
int main(void) {
  struct pair p = {1, 2};
  int three[] = {1, 2, 3};
  char grid[2][3] = {"ab", "cd"};
  integers(-1, 2, -3, 4, true);
  strings("text", NULL);
  numbers(0.5f, 1.5, 2.0L);
  enums(GREEN, large);
  structs(p, &p);
  kr(1, "kr");
  variadic(1, 5);
  pointers(NULL, NULL, three, grid);
  variable(3, three);
  nothing();
  complex_number(1.0);
  generic_word(1, 2, "three");
  exported(1, "r");
  inlined(1);
  printf("%d\n", loops(4));
  return 0;
}
