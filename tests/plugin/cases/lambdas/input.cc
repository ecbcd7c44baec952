// Lambdas wherever one may stand.
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
static_assert([](int n) { return n * 2; }(4) == 8);
constexpr int in_constant = [](int n) { return n + 1; }(2);
int sized[([] { return 3; }())];
auto at_top = [](int top) { return top; };
inline auto in_inline_variable = [](const std::string& text) { return text.size(); };
template <class T>
auto variable_template = [](T value) { return value; };
int (*as_pointer)(int) = [](int pointed) { return pointed; };
std::function<int(int)> erased = [](int erased_from) { return erased_from; };
struct Holder {
  int plain = 0;
  std::function<int(int)> member = [this](int added) { return plain + added; };
  static inline auto shared = [](int n) { return n; };
  int method(int by) {
    auto with_this = [this, by](int more) { return plain += by + more; };
    auto with_copy = [*this](int more) mutable { return plain += more; };
    return with_this(1) + with_copy(2);
  }
};
int with_default(int a, int b = [](int n) { return n; }(5)) { return a + b; }
auto make(int start) {
  return [start]() mutable { return start++; };
}
template <class... Args>
int packed(Args... args) {
  return ([args](int n) { return static_cast<int>(args) + n; }(1) + ...);
}
template <class T>
struct InTemplate {
  T value{};
  T twice() {
    auto inner = [&](T by) {
      auto innermost = [&] { return value * by; };
      return innermost();
    };
    return inner(2);
  }
};
int catches(int n) {
  auto thrower = [](int n) {
    if (n) throw n;
  };
  try {
    thrower(n);
  } catch (int caught) {
    return caught;
  }
  return 0;
}
int main() {
  std::printf("%d %d %d %zu\n", in_constant, static_cast<int>(sizeof sized / sizeof *sized),
              at_top(1), in_inline_variable("four"));
  std::printf("%g %d %d\n", variable_template<double>(1.5), as_pointer(2), erased(3));
  Holder holder;
  std::printf("%d %d\n", holder.member(4), Holder::shared(5));
  std::printf("%d\n", holder.method(6));
  std::printf("%d\n", with_default(1));
  auto counter = make(7);
  counter();
  std::printf("%d\n", counter());
  std::printf("%d\n", packed(1, 2L, 'a'));
  std::printf("%d\n", InTemplate<int>{4}.twice());
  std::printf("%d\n", catches(8));
  auto generic = [](auto a, auto&&... rest) { return a + static_cast<int>(sizeof...(rest)); };
  std::printf("%d %g\n", generic(1), generic(1.5, 2, "three"));
  auto templated = []<class T>(T a, T b) { return a < b; };
  std::printf("%d\n", templated(1u, 2u));
  auto recursive = [](auto&& self, int n) -> int { return n < 2 ? 1 : n * self(self, n - 1); };
  std::printf("%d\n", recursive(recursive, 3));
  auto moved = [owned = std::make_unique<int>(9)](int by) noexcept { return *owned + by; };
  std::printf("%d\n", moved(1));
  auto constant = [](int n) constexpr { return n * n; };
  constexpr int compiled = constant(3);
  volatile int run_time = 4;
  std::printf("%d %d\n", compiled, constant(run_time));
  auto never = [](int n) { return n; };
  std::printf("%zu\n", sizeof(decltype(never(1))));
  [&](int immediately) { run_time = immediately; }(10);
  std::printf("%d\n", static_cast<int>(run_time));
}
