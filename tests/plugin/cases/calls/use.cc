// Calls into a library that is compiled elsewhere: every kind of callee, every kind of place.
#include "lib.h"
#include <cstdio>
#include <utility>
using namespace lib;
int from_initialiser = lib_open("x", 1);
struct Holder { int member = lib_open("member", 2); int other; Holder() : other(lib_query(nullptr, "in ctor")) {} };
struct Plain { int member = lib_open("plain", 2); };
int with_default(int n = lib_open("default", 3)) { return n; }
template <class T> int in_template(T value) { return lib::twice<int>((int)value) + lib_query(nullptr, "t") + ::lib_setopt(nullptr, sizeof(T) == 8 ? 3 : 1, value); }
template <class C> int on(C& client) { return client.get("tt") + client.count(1); }
// Its definition, and its span, come after the call.
int own(int n);
int caller() { return own(1); }
int own(int n) { return n; }
constexpr int folded(bool b) { return b ? 1 : lib_open("run", 1); }
static_assert(folded(true) == 1);
int skipped() { return lib_skipped(1); }
int main() {
  int sum = lib_open("a", 1) + (lib_query)(nullptr, "select");
  int (*pointer)(const char*, int) = lib_open; sum += pointer("p", 0); sum += (&lib_open)("q", 0);
  sum += lib_setopt(nullptr, 1, 5) + lib_setopt(nullptr, 2, "s") + lib_setopt(nullptr, 3, 1.5f) + lib_setopt(nullptr, 4, 3L);
  sum += lib_setopt(nullptr, 0);
  sum += lib_setopt(nullptr, 5, (char)3, 2.0f, "x");
  *lib_slot(1) = 3;
  Fixed fixed = make_fixed(4); sum += fixed.n;
  Counted counted = make_counted(5); sum += counted.n;
  sum += take(counted) + take(Counted(2), 1) + take(std::move(counted), 0);
  std::string text = "text";
  sum += take_const(text) + take_const("literal") + take_unique(std::make_unique<int>(3));
  ref(2) = 9; sum += ref(2); int local = 3; sum += rref(local); sum += by_rvalue(std::string("r"));
  sum += safe(1); static_assert(noexcept(safe(1)) && !noexcept(fails(1)));
  try { fails(3); } catch (const std::exception& e) { sum += e.what()[0]; }
  sum += twice(4) + in_template(2.0) + in_template('c') + in_template(1);
  Client client; Special special; Client* dynamic = &special;
  sum += client.get("ab") + dynamic->get("ab") + dynamic->Client::get("ab") + special.Client::get("a");
  sum += client.count(1) + std::move(client).once(2) + client.lref(3) + Client::version(2) + client.version(3) + Client().once(9);
  sum += client.plain(8); client << 1 << 2; sum += client(4);
  sum += on(client) + on(special);
  Holder holder; Plain plain; sum += holder.other + plain.member + with_default() + caller();
  auto lambda = [&, c = lib_open("capture", 1)](int n) { return lib_query(nullptr, "lambda") + n + c; };
  sum += skipped();
  sum += lambda(1) + sizeof(lib_open("never", 1));
  for (int i = 0; i < 2 && lib_open("loop", i); ++i) sum += i ? lib_query(nullptr, "b") : lib_query(nullptr, "a");
  volatile bool no = false; sum += folded(no);
  std::printf("%d copies=%d live=%d %d %d\n", sum, copies, live, from_initialiser, lib_apply(safe, 3));
}
