// The user's own hooks: found beside the type, among its friends, by AUTOSPAN_FIELDS, by fmt where the
// user says so. They run only on behalf of a span, may throw, and do not call themselves.
#include <fmt/format.h>

#include <autospan/fmt.h>
#include <autospan/trace.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace billing {
struct Money {
  long cents = 0;
};
struct Customer {
  std::string mail = "ann@example.org";
  std::string api_token = "canary-1";
  Money balance;
};
AUTOSPAN_FIELDS(Customer, mail, api_token, balance);

class Befriended {
  int closed = 7;
  friend void autospan_fields(const Befriended& value, autospan::FieldSink& out) {
    out.field("closed", value.closed);
  }
};
struct Thrower {
  int n = 1;
};
inline void autospan_fields(const Thrower& value, autospan::FieldSink& out) {
  out.field("before", value.n);
  throw std::runtime_error("in a hook");
}
struct Base {
  int base = 2;
};
AUTOSPAN_FIELDS(Base, base);
struct Derived : Base {
  int derived = 3;
};
struct Recursive {
  int n = 4;
  int doubled() const;
};
int describe(const Recursive& of);
inline void autospan_fields(const Recursive& value, autospan::FieldSink& out) {
  out.field("doubled", describe(value));  // has a span, and this type as its parameter
}
int describe(const Recursive& of) { return of.n * 2; }
struct Other {  // a hook of another shape is none
  int n = 5;
};
inline int autospan_fields(const Other&) { return 1; }
}  // namespace billing

template <>
struct fmt::formatter<billing::Money> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const billing::Money& money, Context& context) const {
    return fmt::format_to(context.out(), "{}.{:02} EUR", money.cents / 100, money.cents % 100);
  }
};
namespace billing {
struct Printable {};  // fmt knows it, but nobody has said that it is to be asked
struct Endless {};
}  // namespace billing
template <>
struct fmt::formatter<billing::Printable> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const billing::Printable&, Context&) const -> decltype(std::declval<Context>().out()) {
    throw 1;
  }
};
template <>
struct fmt::formatter<billing::Endless> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const billing::Endless&, Context& context) const {
    return fmt::format_to(context.out(), "{:x>300}", "");
  }
};
namespace billing {
AUTOSPAN_FORMATTED(Money);
AUTOSPAN_FORMATTED(Endless);
}  // namespace billing

template <class T>
struct Unfinished {
  static_assert(sizeof(T) == 0, "completed");
};
template <class T>
struct Handle {
  T held{};
};
struct Order {
  int id = 6;
  billing::Customer customer;
};

void customer(const billing::Customer& c, int after) {}
void befriended(billing::Befriended b) {}
void thrower(const billing::Thrower& t) {}
void derived(const billing::Derived& d) {}
void recursive(const billing::Recursive& r) {}
void other(const billing::Other& o) {}
void money(billing::Money m) {}
void printable(billing::Printable p) {}
void endless(billing::Endless e) {}
void optional(std::optional<billing::Money> some, std::optional<billing::Money> none) {}
void secret(const billing::Customer& session_token) {}
void handle(const Handle<Unfinished<int>*>& h) {}
void inside_order(const Order& o) {}
void inside_list(const std::vector<billing::Money>& list) {}
constexpr int constant(billing::Money m) { return 1; }
static_assert(constant({}) == 1, "no hook is called at compile time");

int main() {
  customer({}, 9);
  befriended({});
  thrower({});
  derived({});
  recursive({});
  other({});
  money({1234});
  printable({});
  endless({});
  optional(billing::Money{5}, std::nullopt);
  secret({});
  handle({});
  inside_order({});
  inside_list({{1}});
  return constant({7}) - 1;
}
