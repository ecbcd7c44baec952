// Marks wherever they may stand: declarations alone, out-of-line definitions, templates, lambdas.
[[autospan::span]] int before(int n);
int before(int n) { return n; }
int after_definition(int n) { return n; }
struct Job {
  [[autospan::span]] void in_class(int a);
  void out_of_line([[autospan::redact]] int pin, int open);
  [[autospan::root]] static void begin() {}
  [[autospan::span]] virtual void work() {}
  [[autospan::span]] friend void befriended(Job&, int n) {}
  [[autospan::skip]] void UpdateNever() {}
  void UpdateLater();
};
void Job::in_class(int a) {}
[[autospan::span("renamed")]] void Job::out_of_line(int pin, int open) {}
[[autospan::skip]] void Job::UpdateLater() {}
struct Special : Job {
  void work() override {}  // a mark is no heirloom
};
template <class T>
struct Box {
  [[autospan::span]] void marked_in(T value);
  void marked_out(T value, T secret);
  template <class U>
  [[autospan::span("Box::{member}")]] void member(U value) {}
};
template <class T>
void Box<T>::marked_in(T value) {}
template <class T>
[[autospan::span]] void Box<T>::marked_out(T value, [[autospan::redact]] T secret) {}
template <class T>
void declared([[autospan::redact]] T hidden, T shown);
template <class T>
[[autospan::span]] void declared(T hidden, T shown) {}
template <>
[[autospan::span("special")]] void declared<char>(char hidden, char shown) {}
namespace {
[[autospan::span]] inline void hidden() {}
}  // namespace
int main() {
  before(1);
  Job job;
  job.in_class(2);
  job.out_of_line(1234, 3);
  Job::begin();
  job.work();
  befriended(job, 4);
  job.UpdateNever();
  job.UpdateLater();
  Special special;
  special.work();
  Box<int> box;
  box.marked_in(5);
  box.marked_out(6, 7);
  box.member('c');
  declared(8, 9);
  declared('x', 'y');
  hidden();
  auto lambda = [] [[autospan::span("a lambda")]] (int n) { return n; };
  auto generic = [] [[autospan::span]] (auto n, [[autospan::redact]] auto pin) { return n; };
  lambda(10);
  generic(11, 12);
  struct Local {
    [[autospan::span]] void inside() {}
  } local;
  local.inside();
}
