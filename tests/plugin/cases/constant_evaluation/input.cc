// constexpr functions stay usable in every constant context, and record at run time.
#include <array>
#include <cstdio>
constexpr int square(int n) { return n * n; }
constexpr int sum(const int* numbers, int count) {
  int total = 0;
  for (int i = 0; i < count; ++i) total += numbers[i];
  return total;
}
constexpr const char* text(const char* t) { return t; }
template <class T>
constexpr T twice(T value) { return value + value; }
struct Literal {
  int n;
  constexpr Literal(int n) : n(n) { this->n += 0; }
  constexpr int get() const { return n; }
  constexpr ~Literal() {}
};
constexpr int factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }
static_assert(square(3) == 9);
static_assert(twice(4) == 8);
static_assert(Literal(5).get() == 5);
static_assert([](int n) { return n + 1; }(1) == 2);
static_assert(noexcept(square(1)) == false);
constexpr int numbers[] = {1, 2, 3};
constexpr int total = sum(numbers, 3);
constinit int initialised = factorial(5);
constinit static Literal literal{6};
enum E { kNine = square(3) };
template <int N>
struct Sized {
  static constexpr int value = N;
};
int array[square(2)];
alignas(square(4)) int aligned;
struct Bits {
  unsigned field : square(2);
};
const int dynamic_or_not = square(7);
constexpr auto lambda = [](int n) { return n * 10; };
consteval int immediate(int n) { return square(n); }
int switched(int n) {
  switch (n) {
    case square(2): return 1;
    case factorial(3): return 2;
  }
  if constexpr (square(1) == 1) return 3;
  return 4;
}
int main() {
  volatile int run_time = 2;
  std::printf("%d %d %d %d %d\n", total, initialised, kNine, Sized<square(2)>::value,
              static_cast<int>(sizeof(array)));
  std::printf("%d %d %d %d\n", static_cast<int>(alignof(decltype(aligned))), dynamic_or_not,
              lambda(1), immediate(3));
  std::puts("at run time:");
  std::printf("%d\n", square(run_time));
  std::printf("%d\n", sum(numbers, run_time));
  std::printf("%s\n", text(run_time ? "t" : nullptr));
  std::printf("%d %d\n", twice(static_cast<int>(run_time)), lambda(run_time));
  std::printf("%d\n", Literal(run_time).get());
  std::printf("%d %d\n", factorial(run_time), switched(run_time + 2));
  constexpr int local = square(5);
  static_assert(local == 25);
}
