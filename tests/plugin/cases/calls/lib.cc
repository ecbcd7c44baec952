#include "lib.h"
#include <cstdarg>
#include <stdexcept>
extern "C" {
int lib_open(const char* path, int flags) { return path[0] + flags; }
int lib_skipped(int n) { return n; }
int lib_query(db*, const char* sql) { return sql[0]; }
int lib_setopt(db*, int option, ...) {
  va_list more; va_start(more, option); int r = 0;
  if (option == 1) r = va_arg(more, int);
  if (option == 2) r = va_arg(more, const char*)[0];
  if (option == 3) r = (int)va_arg(more, double);
  if (option == 4) r = (int)va_arg(more, long);
  if (option == 5) r = va_arg(more, int) + (int)va_arg(more, double) + va_arg(more, const char*)[0];
  va_end(more); return r; }
const char* lib_name(void) { return "lib"; }
int* lib_slot(int index) { static int slots[4]; return slots + index; }
int lib_apply(lib_callback each, int n) { return each(n); }
}
namespace lib {
Fixed::~Fixed() {}
int copies, moves, live;
Fixed make_fixed(int n) { return Fixed(n); }
Counted make_counted(int n) { return Counted(n); }
int take(Counted value, int extra) { return value.n + extra; }
int take_const(const std::string text) { return (int)text.size(); }
int take_unique(std::unique_ptr<int> owned) { return *owned; }
int& ref(int index) { static int values[4]; return values[index]; }
int&& rref(int& what) { return static_cast<int&&>(what); }
int by_rvalue(std::string&& text) { std::string t = std::move(text); return (int)t.size(); }
int safe(int n) noexcept { return n; }
int fails(int n) { throw std::runtime_error("failed"); }
template <class T> T twice(T value) { return value + value; }
template int twice<int>(int);
int Client::get(const std::string& path) { return (int)path.size(); }
int Special::get(const std::string& path) { return 100 + (int)path.size(); }
int Client::count(int n) const { return n + base; }
int Client::once(int n) && { return n; }
int Client::lref(int n) & { return n; }
int Client::version(int major) { return major; }
int Client::plain(int n) { return n; }
Client& Client::operator<<(int n) { base += n; return *this; }
int Client::operator()(int n) { return n; }
}
