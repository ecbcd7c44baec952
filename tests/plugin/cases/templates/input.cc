// Templates are instrumented where they are instantiated, with their concrete types.
#include <string>
#include <vector>
template <class T>
T plain(T value) { return value; }
template <class... Args>
int pack(Args... args) { return static_cast<int>(sizeof...(args)); }
template <class... Args>
void forwarded(int first, Args&&... args) { pack(args...); }
template <int N>
int number(const char (&text)[N]) { return N; }
template <class T>
T explicit_one(T value) { return value; }
template int explicit_one<int>(int);
template <class T>
T special(T value) { return value; }
template <>
int special<int>(int specialised) { return specialised + 1; }
template <class T>
struct Outer {
  T value{};
  void method(T argument) { value = argument; }
  template <class U>
  void both(T a, U b) {}
  static void stat(const std::vector<T>& all) {}
  void out_of_line(T argument);
  friend void hidden_friend(const Outer&, T t) {}
  struct Nested {
    void deep(T t) {}
  };
};
template <class T>
void Outer<T>::out_of_line(T argument) { value = argument; }
template <>
void Outer<char>::out_of_line(char letter) { value = letter; }
template <class T>
struct Outer<T*> {
  void method(T* pointer) {}
};
template <class T>
concept Small = sizeof(T) <= 4;
void constrained(Small auto value) {}
void abbreviated(auto value) {}
template <class T>
auto deduced(T value) { return value; }
template <class T>
decltype(auto) forwarding(T&& value) { return static_cast<T&&>(value); }
template <class T>
void lambda_inside(T value) {
  auto inner = [](T x) { return x; };
  inner(value);
}
template <class T>
void never_instantiated(T) {}
struct User {};
int main() {
  plain(1);
  plain(2.5);
  plain(std::string("s"));
  plain(User());
  pack();
  pack(1);
  pack(1, "two", 3.0);
  forwarded(1, 2, std::string("x"));
  number("abc");
  explicit_one(1);
  special(1);
  special('c');
  Outer<int> outer;
  outer.method(1);
  outer.both(1, 'b');
  Outer<int>::stat({});
  outer.out_of_line(4);
  hidden_friend(outer, 1);
  Outer<int>::Nested().deep(2);
  Outer<char>().out_of_line('l');
  Outer<int*>().method(nullptr);
  constrained(1);
  abbreviated('a');
  deduced(1);
  int n = 2;
  forwarding(n);
  lambda_inside(3);
}
