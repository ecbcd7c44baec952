// Constructors and destructors: the span covers the body, after the initialisers. Objects are made,
// copied and moved exactly as often as without the plugin.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
struct Counted {
  static int made, copied, moved, alive;
  Counted() { ++made, ++alive; }
  Counted(const Counted&) { ++copied, ++alive; }
  Counted(Counted&&) noexcept { ++moved, ++alive; }
  ~Counted() { --alive; }
};
int Counted::made, Counted::copied, Counted::moved, Counted::alive;
struct Pinned {
  Pinned(int n) : n(n) {}
  Pinned(const Pinned&) = delete;
  int n;
};
Pinned make_pinned(int n) { return Pinned(n); }
Counted named() {
  Counted local;
  return local;
}
Counted temporary() { return Counted(); }
Counted chosen(bool first, Counted a, Counted b) { return first ? std::move(a) : b; }
Counted passed(Counted one) { return one; }
const Counted& borrowed(const Counted& one) { return one; }
struct Job {
  Job(std::string name) : name_(std::move(name)) {}
  Job(std::string kept, int n) { (void)kept; }
  Job(const std::string& copied, char c) : name_(copied) {}
  Job(std::string&& moved, long n) : name_(std::move(moved)) {}
  Job(int n) : Job("delegated", n) {}
  std::string name_;
};
struct Base {
  int n;
  explicit Base(int n) : n(n) {}
  virtual ~Base() {}
};
struct Left : virtual Base {
  Left() : Base(1) {}
};
struct Right : virtual Base {
  Right() : Base(2) {}
};
struct Bottom : Left, Right {
  Bottom() : Base(3) {}
  ~Bottom() override {}
};
struct Inherits : Base {
  using Base::Base;
};
struct Guarded {
  Guarded(int n) try : member(n) {
    if (n > 1) throw std::runtime_error("body");
  } catch (const std::exception&) {
  }
  ~Guarded() try {
  } catch (...) {
  }
  int member;
};
int main() {
  named();
  temporary();
  chosen(true, Counted(), Counted());
  Counted one;
  passed(one);
  borrowed(one);
  std::printf("pinned %d\n", make_pinned(3).n);
  std::printf("made %d copied %d moved %d alive %d\n", Counted::made, Counted::copied, Counted::moved,
              Counted::alive);
  const std::string reference = "ref";
  Job a("by value"), b("kept", 1), c(reference, 'c'), d("moved", 2L), e(5);
  std::printf("%s|%s|%s\n", a.name_.c_str(), d.name_.c_str(), e.name_.c_str());
  Base* bottom = new Bottom;
  delete bottom;
  Inherits inherits(9);
  Guarded fine(1);
  try {
    Guarded fails(2);
  } catch (const std::exception&) {
  }
}
