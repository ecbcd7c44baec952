// A library as its user sees it.
#pragma GCC system_header
#ifndef LIB_H
#define LIB_H
#ifdef __cplusplus
#include <memory>
#include <string>
extern "C" {
#endif
typedef struct db db;
int lib_open(const char*, int);
int lib_skipped(int);
int lib_query(db* handle, const char* sql);
int lib_setopt(db* handle, int option, ...);
const char* lib_name(void);
int* lib_slot(int index);
typedef int (*lib_callback)(int);
int lib_apply(lib_callback each, int n);
#ifdef __cplusplus
}
namespace lib {
struct Fixed { int n; explicit Fixed(int v) : n(v) {} Fixed(const Fixed&) = delete; Fixed(Fixed&&) = delete; ~Fixed(); };
extern int copies, moves, live;
struct Counted { int n; explicit Counted(int v) : n(v) { ++live; } Counted(const Counted& o) : n(o.n) { ++copies; ++live; } Counted(Counted&& o) noexcept : n(o.n) { ++moves; ++live; o.n = -1; } ~Counted() { --live; } };
Fixed make_fixed(int n);
Counted make_counted(int n);
int take(Counted value, int extra = 7);
int take_const(const std::string text);
int take_unique(std::unique_ptr<int> owned);
int& ref(int index);
int&& rref(int& what);
int by_rvalue(std::string&& text);
int safe(int n) noexcept;
int fails(int n);
template <class T> T twice(T value);
extern template int twice<int>(int);
template <class T> T unconstrained(T value) { return value; }
struct Client {
  int base = 1;
  virtual ~Client() = default;
  virtual int get(const std::string& path);
  int count(int n) const;
  int once(int n) &&;
  int lref(int n) &;
  static int version(int major);
  int plain(int);
  Client& operator<<(int n);
  int operator()(int n);
};
struct Special : Client { int get(const std::string& path) override; };
}
#endif
#endif
