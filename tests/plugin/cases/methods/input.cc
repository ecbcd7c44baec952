// Methods of every kind: spans under their own names, called exactly as often as without the plugin.
#include <compare>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <utility>
struct Base {
  int n = 0;
  virtual Base* clone(int by) { return this; }
  virtual void pure(const char* text) = 0;
  virtual int final_one(int a) { return a; }
  virtual ~Base() = 0;
};
void Base::pure(const char* text) { n += text[0]; }
Base::~Base() { n = -1; }
struct Other {
  long padding = 7;
  virtual long other(long b) { return b; }
  virtual ~Other() { padding = 0; }
};
struct Derived final : Other, Base {
  Derived* clone(int by) override {
    n += by;
    return this;
  }
  void pure(const char* text) override { Base::pure(text); }
  int final_one(int a) final { return a + n; }
  long other(long b) override { return b + padding; }
  ~Derived() override {}
};
struct Left : virtual Base {
  void pure(const char* text) override {}
  Left* clone(int by) override { return this; }
};
class Number {
 public:
  explicit Number(int v) : v_(v) {}
  Number(const Number&) = default;
  int at() const { return v_; }
  int shaky() volatile { return v_ + 1; }
  int ref() & { return v_ + 2; }
  int ref() && { return v_ + 3; }
  static int stat(int n) { return n; }
  int quiet() const noexcept { return v_; }
  Number& operator=(const Number& other) {
    v_ = other.v_;
    return *this;
  }
  Number& operator=(Number&& other) noexcept {
    v_ = std::exchange(other.v_, 0);
    return *this;
  }
  Number& operator++() {
    ++v_;
    return *this;
  }
  Number operator++(int post) { return Number(v_++); }
  Number* operator->() { return this; }
  int operator*() const { return v_; }
  bool operator!() const { return v_ == 0; }
  explicit operator bool() const { return v_ != 0; }
  template <class T>
  explicit operator T() const {
    return static_cast<T>(v_);
  }
  int operator,(int right) { return right; }
  int operator()(int a, int b) const { return a + b; }
  int operator&() const { return 99; }
  std::strong_ordering operator<=>(const Number& other) const { return v_ <=> other.v_; }
  bool operator==(const Number& other) const { return v_ == other.v_; }
  friend int in_class(const Number& number, int by) { return number.v_ + by; }
  template <class T>
  friend T of_any(const Number& number, T by);
  static void* operator new(std::size_t bytes) { return ::operator new(bytes); }
  static void operator delete(void* memory) { ::operator delete(memory); }

 private:
  int hidden(int plain) const { return plain; }
  int v_;
  friend int calls_hidden(const Number& number);
};
template <class T>
T of_any(const Number& number, T by) {
  return by;
}
int calls_hidden(const Number& number) { return number.hidden(3); }
Number operator+(const Number& a, const Number& b) { return Number(a.at() + b.at()); }
bool operator&&(const Number& a, bool both) { return both; }
template <char... c>
int operator""_chars() {
  return sizeof...(c);
}
long double operator""_half(long double whole) { return whole / 2; }
std::size_t operator""_text(const char* text, std::size_t size) { return size; }
template <class Self>
struct Curious {
  int call(int n) { return static_cast<Self*>(this)->implement(n); }
};
struct Implements : Curious<Implements> {
  int implement(int n) { return n; }
};
union Either {
  int a;
  float b;
  explicit Either(int first) : a(first) {}
  int get() const { return a; }
};
struct Bits {
  unsigned three : 3;
  int take(Bits other, unsigned wide) { return other.three; }
};
int variadic(int count, ...) {
  va_list list;
  va_start(list, count);
  const int first = va_arg(list, int);
  va_end(list);
  return first;
}
int by_pointer(int (*function)(int), int (Number::*method)() const, int n) { return function(n); }
int unnamed(int, double, const char* named) { return named[0]; }
struct Nested {
  struct Deeper {
    enum class Kind { one, two };
    int take(Kind kind) { return static_cast<int>(kind); }
  };
};
namespace outer {
namespace {
struct Anonymous {
  int method(int n) { return n; }
};
}  // namespace
}  // namespace outer
int main() {
  {
    Derived derived;
    Base* base = &derived;
    std::printf("%d\n", base->clone(4)->n);
    base->pure("a");
    std::printf("%d\n", base->final_one(1));
    Other* other = &derived;
    std::printf("%ld\n", other->other(2));
  }
  {
    Left left;
    static_cast<Base&>(left).clone(1);
  }
  Number a(1), b(2);
  const Number& constant = a;
  volatile Number& shaky = a;
  std::printf("%d %d %d %d\n", constant.at(), shaky.shaky(), a.ref(), Number(1).ref());
  std::printf("%d %d\n", Number::stat(5), a.quiet());
  a = b;
  a = Number(7);
  ++a;
  std::printf("%d %d %d\n", a++.at(), a->at(), *a);
  std::printf("%d %d %d\n", !a, static_cast<bool>(a), static_cast<int>(static_cast<short>(a)));
  std::printf("%d %d %d\n", (a, 4), a(1, 2), &a);
  std::printf("%d %d %d\n", a < b, a == b, (a + b).at());
  std::printf("%d %d %d\n", in_class(a, 1), of_any(a, 2), calls_hidden(a));
  std::printf("%d\n", a && true);
  delete new Number(3);
  std::printf("%d %g %zu\n", 123_chars, static_cast<double>(3.0_half), "four"_text);
  std::printf("%d %d\n", Implements().call(8), Either(9).get());
  std::printf("%d\n", Bits{5}.take(Bits{6}, 1));
  std::printf("%d\n", variadic(1, 11));
  std::printf("%d\n", by_pointer(Number::stat, &Number::quiet, 12));
  std::printf("%d\n", unnamed(1, 2, "A"));
  std::printf("%d\n", Nested::Deeper().take(Nested::Deeper::Kind::two));
  std::printf("%d\n", outer::Anonymous().method(13));
}
