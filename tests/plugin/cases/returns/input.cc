// Returned values and returned errors; and that nothing else changes: what is built in place stays so,
// what cannot be moved is not, and as many objects live and die.
#include <chrono>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace lib {
int copies, moves, alive, made;
struct Counted {
  explicit Counted(int v) : value(v) { ++alive, ++made; }
  Counted(const Counted& other) : value(other.value) { ++alive, ++copies; }
  Counted(Counted&& other) noexcept : value(other.value) { ++alive, ++moves; }
  ~Counted() { --alive; }
  int value;
};
struct Pinned {
  explicit Pinned(int v) : self(this), value(v) {}
  Pinned(Pinned&&) = delete;
  bool in_place() const { return self == this; }
  const Pinned* self;
  int value;
};
struct ThrowsLast {
  bool armed;
  ~ThrowsLast() noexcept(false) {
    if (armed) throw std::runtime_error("after the value");
  }
};
class Status {
 public:
  Status() = default;
  explicit Status(std::string text) : text_(std::move(text)) {}
  bool ok() const { return text_.empty(); }
  std::string_view message() const { return text_; }

 private:
  std::string text_;
};
struct Bare {
  bool good;
  bool ok() const { return good; }
};
class NotAStatus {
 public:
  bool ok() { return false; }
};
struct Convertible {
  operator int() const { return 12; }
};
void report(const char* what) {
  std::printf("%s: %d copies, %d moves, %d made, %d alive\n", what, copies, moves, made, alive);
  copies = moves = made = 0;
}
enum class State { kFine, kBroken };
int global = 5;
}  // namespace lib
using namespace lib;

int number(int n) { return n * 2; }
bool flag() { return true; }
char letter() { return 'x'; }
float narrow() { return 1.5f; }
double wide() { return 2.5; }
long double widest() { return 2.5L; }
unsigned __int128 wider() { return 3; }
const char* literal() { return "text"; }
const char* no_text() { return nullptr; }
std::string text() { return "a string"; }
std::string_view view() { return "a view"; }
const std::string& reference() {
  static const std::string kept = "kept";
  return kept;
}
int& place() { return global; }
int&& expiring() { return static_cast<int&&>(global); }
Counted&& expiring_object(Counted& c) { return static_cast<Counted&&>(c); }
void nothing(int) { return; }
void falls_off(int) {}
void returns_void() { return nothing(1); }
std::optional<int> maybe(bool has) {
  if (has) return 3;
  return std::nullopt;
}
std::variant<int, std::string> either(bool text) {
  if (text) return "text";
  return 4;
}
std::vector<int> several() { return {1, 2, 3}; }
std::unique_ptr<int> owned() { return std::make_unique<int>(1); }
std::chrono::milliseconds takes() { return std::chrono::milliseconds(1500); }
std::filesystem::path where() { return "/tmp/x"; }
State state_of(int n) { return n ? State::kBroken : State::kFine; }
int converted() { return Convertible(); }
auto deduced(int n) {
  if (n) return 1u;
  return 2u;
}
decltype(auto) exact() { return (global); }
struct Point {
  int x, y;
};
Point point(int x) {
  Point p;
  p.x = x;
  p.y = x + 1;
  return p;
}
Point braces(int x) { return {x, x}; }

Counted elided(int v) { return Counted(v); }
Counted named(int v) {
  Counted c(v);
  c.value += 1;
  return c;
}
Counted one_of_two(bool first) {
  Counted a(1), b(2);
  if (first) return a;
  return b;
}
Counted passed(Counted c) { return c; }
Counted chosen(bool yes) { return yes ? Counted(1) : Counted(2); }
Counted forwarded(int v) { return elided(v); }
const Counted constant(int v) { return Counted(v); }
Pinned pinned(int v) { return Pinned(v); }
Pinned pinned_again(int v) { return pinned(v); }
Counted throws_late(bool armed) {
  ThrowsLast last{armed};
  return Counted(9);
}
Counted throws_instead() { throw std::runtime_error("instead"); }
Counted in_try(int v) try {
  if (v == 0) throw 1;
  return Counted(v);
} catch (int) {
  return Counted(-1);
}
template <class T>
T generic(T value) {
  return value;
}
struct Holder {
  std::string name;
  const std::string& get() const { return name; }
  std::string take() && { return std::move(name); }
  Holder& chain() { return *this; }
  explicit operator bool() const { return !name.empty(); }
  operator int() const { return 3; }
};
int switches(int n) {
  switch (n) {
    case 0: return 10;
    case 1:
    label:
      return 11;
    default: goto label;
  }
}
int loops() {
  for (int i = 0;; ++i)
    if (i == 3) return i;
}
int from_statement_expression(int n) {
  return n + ({
    if (n) return 99;
    1;
  });
}
constexpr int constant_too(int n) { return n + 1; }
static_assert(constant_too(1) == 2);
constexpr Point constant_record(int n) { return Point{n, n}; }
static_assert(constant_record(2).x == 2);

std::error_code code(int n) { return std::error_code(n, std::generic_category()); }
std::expected<int, std::string> expected(bool good) {
  if (good) return 1;
  return std::unexpected("no such user");
}
std::expected<void, std::error_code> expected_void(bool good) {
  if (good) return {};
  return std::unexpected(std::make_error_code(std::errc::timed_out));
}
std::expected<int, State> expected_state() { return std::unexpected(State::kBroken); }
Status status(bool good) { return good ? Status() : Status("quota exceeded"); }
Bare bare(bool good) { return Bare{good}; }
const Status& status_reference() {
  static const Status kept("kept error");
  return kept;
}
NotAStatus not_a_status() { return {}; }
int posix_open(bool good) { return good ? 3 : -1; }
const char* find_user(bool good) { return good ? "ann" : nullptr; }
bool is_there(bool good) { return good; }
int main_like(int n) { return n; }
std::string get_password() { return "hunter2"; }
std::expected<int, std::string> login_password() { return std::unexpected("wrong: hunter3"); }

namespace quiet {
int number() { return 5; }
Status status() { return Status("asked by rule"); }
std::error_code code() { return std::make_error_code(std::errc::io_error); }
std::expected<int, int> expected_miss() { return std::unexpected(1); }
Status not_asked() { return Status("nobody asked"); }
}  // namespace quiet

int main() {
  number(2), flag(), letter(), narrow(), wide(), widest(), wider(), literal(), no_text();
  text(), view(), reference(), place() = 6, expiring(), nothing(1), falls_off(1), returns_void();
  maybe(true), maybe(false), either(true), either(false), several(), owned(), takes(), where();
  state_of(0), state_of(1), converted(), deduced(0), exact() = 7, point(1), braces(2);
  std::printf("%d %d\n", global, point(4).y);
  report("begin");
  { elided(1); }
  report("elided");
  { named(1); }
  report("named");
  { one_of_two(true); }
  report("one of two");
  { passed(Counted(1)); }
  report("passed");
  { chosen(true); }
  report("chosen");
  { forwarded(1); }
  report("forwarded");
  { constant(1); }
  report("constant");
  {
    Counted c(1);
    Counted d = expiring_object(c);
  }
  report("expiring object");
  std::printf("%d %d\n", pinned(1).in_place(), pinned_again(1).in_place());
  try {
    throws_late(true);
  } catch (const std::runtime_error&) {
  }
  throws_late(false);
  report("throws late");
  try {
    throws_instead();
  } catch (const std::runtime_error&) {
  }
  { in_try(0), in_try(1); }
  report("in try");
  generic(1), generic(std::string("t")), generic('c');
  Holder holder{"ann"};
  holder.get(), holder.chain().get(), (void)bool(holder), (void)int(holder);
  std::move(holder).take();
  switches(0), switches(1), switches(2), loops();
  std::printf("%d %d\n", from_statement_expression(0), from_statement_expression(1));
  constant_too(global), constant_record(global);
  code(0), code(2), expected(true), expected(false), expected_void(true), expected_void(false);
  expected_state(), status(true), status(false), bare(true), bare(false), status_reference();
  not_a_status(), posix_open(true), posix_open(false), find_user(true), find_user(false);
  is_there(true), is_there(false), main_like(0), main_like(2), get_password(), login_password();
  quiet::number(), quiet::status(), quiet::code(), quiet::expected_miss(), quiet::not_asked();
  auto lambda = [](int n) -> std::string { return std::string(n, 'z'); };
  lambda(3);
}
