// What spans are called: qualified, as one writes it in code.
#include <cstdio>
namespace billing {
inline namespace v2 {
void in_inline_namespace() {}
}  // namespace v2
namespace {
void in_unnamed_namespace() {}
}  // namespace
struct Money {
  long cents = 0;
  Money() { cents = 1; }
  explicit Money(long c) : cents(c) { cents += 0; }
  Money(int a, int b) : Money(a * b) { cents += 1; }
  ~Money() { cents = 0; }
  Money operator+(const Money& other) const { return Money(cents + other.cents); }
  explicit operator long() const { return cents; }
  long operator()(int times) const { return cents * times; }
  long operator[](int) const { return cents; }
  static void reset() {}
  virtual long rounded() const { return cents; }
  friend void pay(const Money& money) { (void)money; }
  struct Inner {
    void deep() {}
  };
};
struct Fee : Money {
  long rounded() const override { return 2; }
};
long operator""_cents(unsigned long long n) { return static_cast<long>(n); }
template <class T>
struct Box {
  T value;
  Box(T v) : value(v) { value = v; }
  T get(int index) { return value; }
  template <class U>
  U as() { return static_cast<U>(value); }
};
}  // namespace billing
typedef struct {
  int x;
  void method() { x = 1; }
} Named;
extern "C" void c_name() {}
void local_class() {
  struct Local {
    void method() {}
  };
  Local().method();
}
int lambda_at_top = [](int n) { return n; }(3);
void lambdas() {
  auto outer = [](int depth) {
    auto inner = [](const char* text) { std::puts(text); };
    inner("in lambda");
    return depth;
  };
  outer(1);
  auto generic = [](auto value) { return value; };
  generic(2);
  generic(2.5);
}
struct Holder {
  int member = [] { return 5; }();
};
void default_argument(int n = [] { return 6; }()) {}
int main() {
  using namespace billing;
  in_inline_namespace();
  in_unnamed_namespace();
  {
    Money a(3), b(2, 2);
    Money sum = a + b;
    (void)static_cast<long>(sum);
    (void)sum(2);
    (void)sum[0];
    Money::reset();
    pay(sum);
    Money::Inner().deep();
  }
  Fee fee;
  static_cast<Money&>(fee).rounded();
  (void)5_cents;
  Box<int> box(1);
  box.get(0);
  box.as<double>();
  Named().method();
  c_name();
  local_class();
  lambdas();
  Holder holder;
  (void)holder;
  default_argument();
}
