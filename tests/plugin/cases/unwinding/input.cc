// Exceptions through every kind of frame: each span ends, with the error it ended by.
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
struct Tracked {
  int n;
  explicit Tracked(int n) : n(n) {}
  ~Tracked() { std::printf("~Tracked %d\n", n); }
};
struct Member {
  Tracked first{1}, second;
  explicit Member(int n) : second(2) {
    if (n) throw std::runtime_error("in a constructor");
  }
};
struct Delegates {
  Tracked kept{3};
  Delegates() {}
  explicit Delegates(int n) : Delegates() { throw n; }
  ~Delegates() { std::puts("~Delegates"); }
};
struct Throws {
  ~Throws() noexcept(false) { throw std::string("out of a destructor"); }
};
struct Unwinds {
  int n;
  int helper() const { return std::uncaught_exceptions(); }
  ~Unwinds() { n = helper(); }
};
int returns_from_handler(int n) {
  try {
    throw n;
  } catch (int caught) {
    return caught + 1;
  } catch (...) {
    return -1;
  }
}
void nested() {
  try {
    try {
      throw std::runtime_error("inner");
    } catch (const std::exception&) {
      throw std::logic_error("outer");
    }
  } catch (const std::logic_error&) {
  }
}
std::exception_ptr stored() {
  try {
    throw std::runtime_error("stored");
  } catch (...) {
    return std::current_exception();
  }
}
void rethrows(std::exception_ptr what) { std::rethrow_exception(what); }
constexpr int in_constexpr(int n) { return n ? n : throw std::invalid_argument("zero"); }
template <class T>
void in_template(T value) {
  Tracked local(4);
  throw value;
}
void leaves_loop(int n) {
  for (;;) {
    Unwinds unwinds{n};
    if (n-- == 0) throw 'x';
  }
}
int jumps_out(int n) {
  try {
    Tracked local(5);
    if (n) goto out;
    return 0;
  } catch (...) {
  }
out:
  return 1;
}
void specified() noexcept(false) { throw 1.5; }
void swallowed() {
  auto guard = std::make_unique<Tracked>(6);
  try {
    specified();
  } catch (double) {
  }
}
template <class Function>
void attempt(Function function) {
  try {
    function();
  } catch (...) {
    std::puts("caught");
  }
}
int main() {
  attempt([] { Member member(0); });
  attempt([] { Member member(1); });
  attempt([] { Delegates delegates(2); });
  attempt([] { Throws throws; });
  attempt([] { in_template(7L); });
  attempt([] { leaves_loop(1); });
  attempt([] { rethrows(stored()); });
  volatile int zero = 0;
  attempt([&] { in_constexpr(zero); });
  std::printf("%d %d %d\n", returns_from_handler(1), jumps_out(0), jumps_out(1));
  nested();
  swallowed();
}
