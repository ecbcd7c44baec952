// Bodies of every shape: the span ends on every way out and nothing else changes.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
int early(int n) {
  if (n == 0) return 10;
  for (int i = 0; i < n; ++i) {
    if (i == 3) return i;
    if (i == 5) break;
  }
  return n;
}
int gotos(int n) {
  int sum = 0;
again:
  sum += n;
  if (--n > 0) goto again;
  if (sum > 100) goto out;
  return sum;
out:
  return -1;
}
int computed(int n) {
  static const void* const targets[] = {&&zero, &&one};
  goto* targets[n];
zero:
  return 100;
one:
  return 101;
}
const char* switched(int n) {
  switch (n) {
    case 0: return "zero";
    case 1: {
      int inner = 1;
      (void)inner;
    }
      [[fallthrough]];
    case 2: return "two";
    default: break;
  }
  return "many";
}
int variable_array(int n) {
  int numbers[n];
  for (int i = 0; i < n; ++i) numbers[i] = i;
  return numbers[n - 1];
}
int statement_expression(int n) {
  return ({
    int doubled = n * 2;
    if (doubled > 10) return 10;
    doubled;
  });
}
int assembly(int n) {
  asm("addl $1, %0" : "+r"(n));
  return n;
}
int recursive(int n) { return n <= 1 ? 1 : n * recursive(n - 1); }
[[noreturn]] void leaves(int n) { throw n; }
int never_falls(int n) {
  if (n) return 1;
  __builtin_unreachable();
}
int function_try(int n) try {
  if (n) throw std::runtime_error("inner");
  return 0;
} catch (const std::exception& error) {
  return 1;
}
void rethrows() try { throw std::logic_error("out"); } catch (...) { throw; }
void no_exceptions() noexcept {}
void thrower(const char* why) { throw std::runtime_error(why); }
void passes(const char* why) { thrower(why); }
void catches() {
  try {
    passes("caught");
  } catch (const std::exception&) {
  }
}
struct Noisy {
  ~Noisy() { catches(); }
};
void unwinds_through_destructor() {
  Noisy noisy;
  throw 1;
}
struct Order {
  const char* name;
  ~Order() { std::printf("~%s\n", name); }
};
Order ordered(Order by_value) {
  Order local{"local"};
  return Order{"result"};
}
#define WHOLE_FUNCTION(name) \
  int name(int n) { return n; }
WHOLE_FUNCTION(from_macro)
__attribute__((always_inline)) inline int inlined(int n) { return n; }
__attribute__((target("avx2"))) int targeted(int n) { return n; }
inline int in_global_initialiser(int n) { return n; }
int global = in_global_initialiser(8);
int main() {
  std::printf("%d %d %d\n", early(0), early(2), early(9));
  std::printf("%d %d\n", gotos(3), gotos(50));
  std::printf("%d %d\n", computed(0), computed(1));
  std::printf("%s %s %s\n", switched(0), switched(1), switched(9));
  std::printf("%d\n", variable_array(4));
  std::printf("%d %d\n", statement_expression(3), statement_expression(9));
  std::printf("%d %d %d\n", assembly(1), recursive(3), never_falls(1));
  std::printf("%d %d\n", function_try(0), function_try(1));
  try {
    leaves(7);
  } catch (int) {
  }
  try {
    rethrows();
  } catch (const std::logic_error&) {
  }
  no_exceptions();
  catches();
  try {
    unwinds_through_destructor();
  } catch (int) {
  }
  ordered(Order{"argument"});
  std::printf("%d %d\n", from_macro(1), inlined(2));
  if (std::getenv("NEVER")) targeted(1);
}
