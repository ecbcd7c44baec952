/* GNU C: what old and low code is made of. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef union { int* number; const char* text; } any __attribute__((transparent_union));
struct flexible { int count; int items[]; };
struct bits { unsigned a : 3; signed b : 5; int : 2; unsigned c; };
static int transparent(any either) { return *either.number; }
static int flexible(struct flexible* all, int at) { return all->items[at]; }
static struct bits bits(struct bits value, unsigned add) { value.a += add; return value; }
static int ranges(int n) {
  switch (n) {
    case 0 ... 9: return 1;
    case 10 ... 99: return 2;
    default: return 3;
  }
}
static int assembly(int a) { __asm__ volatile("addl $2, %0" : "+r"(a) : : "cc", "memory"); return a; }
static int jumps(int n) {
  __label__ out;
  if (n) goto out;
  n = 7;
out:
  return n;
}
static int asm_jumps(int n) {
  __asm__ goto("testl %0, %0\n\tjz %l1" : : "r"(n) : "cc" : zero);
  return 1;
zero:
  return 0;
}
static int table(int n) {
  static void* const targets[] = {&&first, &&second};
  goto *targets[n];
first:
  return 10;
second:
  return 20;
}
static int variable(int rows, int columns, int grid[rows][columns]) {
  int copy[rows][columns];
  memcpy(copy, grid, sizeof copy);
  return copy[rows - 1][columns - 1];
}
static int expression(int n) { return ({ int twice = n * 2; twice > 10 ? 10 : twice; }); }
static int inferred(int n) { __auto_type same = n; __typeof__(same) other = same; return other; }
static int conditional(int n) { return n ?: 42; }
static int old_style(a, b, text) int a; short b; char* text; { return a + b + text[0]; }
static int implicit(n) { return n; }
static void released(int* held) { *held = 0; }
static int cleaned(int n) { int held __attribute__((cleanup(released))) = n; return held; }
static int bounded(int numbers[static 2], const char* __restrict text) { return numbers[1]; }
extern inline __attribute__((gnu_inline, always_inline)) int gnu(int n) { return n; }
static inline int inlined(int n) { return n; }
static int calls(int (*function)(int), int n) { return function(n); }
static _Thread_local int counter;
static int atomically(_Atomic int* n) { return ++*n; }
static _Complex double complexly(_Complex double z) { return z * 2; }
static jmp_buf back;
static int sets(int n) { return setjmp(back) ? n + 1 : n; }
static void aligned(int n) { int wide __attribute__((aligned(64))) = n; if ((unsigned long)&wide % 64) abort(); }
static void* frame(void) { return __builtin_return_address(0); }
static int empty_parameters() { return 3; }
static __attribute__((noreturn)) void leaves(int code) { fflush(stdout); exit(code); }
int main() {
  int five = 5, grid[2][2] = {{1, 2}, {3, 4}};
  any either;
  struct bits value = {1, -2, 3};
  struct flexible* all = malloc(sizeof *all + 3 * sizeof(int));
  _Atomic int atomic = 0;
  either.number = &five;
  all->items[2] = 6;
  printf("%d %d %d\n", transparent(either), flexible(all, 2), bits(value, 1).a);
  printf("%d %d %d %d\n", ranges(5), ranges(50), assembly(1), jumps(0));
  printf("%d %d %d %d\n", asm_jumps(0), asm_jumps(1), table(0), table(1));
  printf("%d %d %d %d\n", variable(2, 2, grid), expression(3), expression(9), inferred(4));
  printf("%d %d %d\n", conditional(0), old_style(1, 2, "A"), implicit(8));
  printf("%d %d %d %d\n", cleaned(9), bounded(grid[0], "r"), gnu(1), inlined(2));
  printf("%d %d %d\n", calls(inlined, 3), atomically(&atomic), (int)__real__ complexly(2));
  printf("%d %d %d\n", sets(1), empty_parameters(), frame() != 0);
  aligned(1);
  free(all);
  leaves(0);
}
