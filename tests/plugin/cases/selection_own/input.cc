// Which patterns take which functions. main calls everything.
#include <cstdlib>
#include <new>
namespace billing {
void UpdateStripe() {}
void UpdateAll() { UpdateStripe(); }
void Delete() {}
namespace deep {
void UpdateDeep() {}
int tiny(int n) { return n; }
int looped(int n) {
  while (n > 3) --n;
  return n;
}
int three(int n) {
  n += 1;
  n *= 2;
  return n;
}
int branched(int n) {
  if (n > 1) n = 2;
  return n;
}
void assembly() { asm volatile(""); }
struct Point {
  int x, y;
  Point moved(int d) const { return {x + d, y}; }
};
Point copy(const Point& p) { return p; }
struct Owner {
  int* p = nullptr;
  ~Owner() { ::free(p); }
};
void destroys() { Owner owner; }
}  // namespace deep
}  // namespace billing
void Update() {}
void Updater() {}
void reUpdate() {}
__attribute__((no_instrument_function)) void UpdateNot() {}
consteval int UpdateEval() { return 1; }
struct Defaulted {
  Defaulted() = default;
  Defaulted(const Defaulted&) = default;
  bool operator==(const Defaulted&) const = default;
};
void* operator new(std::size_t bytes) { return std::malloc(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
int* UpdateMake() { return new int(UpdateEval()); }
int main() {
  billing::UpdateAll();
  billing::Delete();
  billing::deep::UpdateDeep();
  billing::deep::tiny(1);
  billing::deep::looped(1);
  billing::deep::three(1);
  billing::deep::branched(1);
  billing::deep::assembly();
  billing::deep::copy(billing::deep::Point().moved(1));
  billing::deep::destroys();
  Update();
  Updater();
  reUpdate();
  UpdateNot();
  Defaulted a, b(a);
  (void)(a == b);
  delete UpdateMake();
}
