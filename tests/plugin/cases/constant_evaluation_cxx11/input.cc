// constexpr as C++11 knew it: one return statement.
#include <cstdio>
constexpr int square(int n) { return n * n; }
constexpr unsigned length(const char* s) { return *s ? 1 + length(s + 1) : 0; }
struct Literal {
  int n;
  constexpr explicit Literal(int n) : n(n) {}
  constexpr int get() const { return n; }
};
static_assert(square(3) == 9, "");
static_assert(length("four") == 4, "");
static_assert(Literal(2).get() == 2, "");
int array[square(2)];
template <int N>
int sized() { return N; }
int main() {
  volatile int two = 2;
  std::printf("%d %d %u %d %d\n", static_cast<int>(sizeof array), square(two), length(two ? "ab" : ""),
              Literal(two).get(), sized<square(2)>());
}
