// A library whose values are particular about being moved.
#pragma GCC system_header
#include <cstdio>
#include <functional>
struct Fixed {
  int n;
  Fixed(int v, int) : n(v) {}
  Fixed(const Fixed&) = delete;
  Fixed& operator=(const Fixed&) = delete;
  ~Fixed() { std::printf("~%d\n", n); }
};
struct Only {
  int n;
  explicit Only(int v) : n(v) {}
  Only(Only&& other) : n(other.n) { other.n = 0; }
  ~Only() {}
};
struct Copied {
  int n;
  explicit Copied(int v) : n(v) {}
  Copied(const Copied& other) : n(other.n) { std::printf("copied\n"); }
  ~Copied() {}
};
struct File {  // would be closed twice
  int n;
  ~File() { std::printf("closed %d\n", n); }
};
struct Holder {
  File file;
  explicit Holder(int n) : file{n} {}
  Holder(Holder&&) = default;
};
Fixed db_fixed(int n);
int db_only(Only value);
int db_copied(Copied value);
int db_file(File value);
int db_holder(Holder value);
int db_function(std::function<int()> call);
