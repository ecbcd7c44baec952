// C++23: deducing this, static operators, several subscripts, if consteval.
#include <array>
#include <cstdio>
#include <string>
#include <tuple>
#include <utility>
struct Deduces {
  int n = 1;
  template <class Self>
  auto&& get(this Self&& self, int by) {
    self.n += by;
    return std::forward<Self>(self).n;
  }
  int by_value(this Deduces self, int by) { return self.n + by; }
};
struct Child : Deduces {};
struct Statics {
  static int operator()(int a) { return a; }
  static int operator[](int a, int b) { return a * b; }
};
struct Grid {
  std::array<int, 6> cells{};
  int& operator[](int row, int column) { return cells[row * 3 + column]; }
};
constexpr int where(int n) {
  if consteval {
    return n + 100;
  } else {
    return n;
  }
}
constexpr int with_static(int n) {
  static constexpr int table[] = {1, 2, 3};
  return table[n];
}
constexpr std::string grows(char letter) {
  std::string made(2, letter);
  made[1] = '!';
  return made;
}
std::pair<int, std::string> pair(int n) { return {n, "second"}; }
int binds(int n) {
  auto [first, second] = pair(n);
  const auto& [a, b, c] = std::tuple(1, 2.5, 'c');
  for (auto counted = std::array{1, 2}; auto one : counted) first += one;
  return first + static_cast<int>(second.size()) + a + static_cast<int>(b);
}
int assumes(int n) {
  [[assume(n > 0)]];
  return auto(n) / 2;
}
enum class Plan : unsigned char { free, pro };
int converts(Plan plan) { return std::to_underlying(plan); }
int size_literal(int n) { return static_cast<int>(n + 2uz); }
static_assert(where(1) == 101 && with_static(2) == 3);
int main() {
  Deduces deduces;
  deduces.get(1);
  Child().get(2);
  std::printf("%d %d\n", deduces.n, deduces.by_value(3));
  std::printf("%d %d\n", Statics()(4), Statics()[5, 6]);
  Grid grid;
  grid[1, 2] = 7;
  std::printf("%d\n", grid[1, 2]);
  volatile int n = 1;
  constexpr int compiled = where(1);
  std::printf("%d %d %d %s\n", compiled, where(n), with_static(n), grows(n ? 'b' : 'c').c_str());
  std::printf("%d %d\n", binds(8), assumes(9));
  std::printf("%d %d\n", converts(Plan::pro), size_literal(10));
  auto recursive = [](this auto self, int n) -> int { return n ? n + self(n - 1) : 0; };
  std::printf("%d\n", recursive(2));
  auto stateless = [](int n) static { return n; };
  std::printf("%d\n", stateless(11));
}
