// Types of the user's are never completed: a reference to Bomb<int> would fail to compile (so it,
// smart and maybe are not even called). Overloaded & and private members are not touched.
#include <memory>
#include <optional>
#include <string>
template <class T>
struct Bomb {
  static_assert(sizeof(T) == 0, "Bomb was completed");
};
template <class T>
struct Undefined;
enum class Forward : short;
struct Ampersand {
  Ampersand* operator&() const { return nullptr; }
};
struct Private {
 private:
  int hidden = 0;
  ~Private() = default;
};
struct Counting {
  static int touched;
  Counting() = default;
  Counting(const Counting&) { ++touched; }
  explicit operator bool() const { ++touched; return true; }
};
int Counting::touched = 0;
void bomb(const Bomb<int>& reference, Bomb<char>* pointer) {}
void undefined(const Undefined<int>& reference, Undefined<int>* pointer) {}
void smart(const std::unique_ptr<Bomb<int>>& owner) {}
void maybe(const std::optional<Bomb<int>>& held) {}
void forward(Forward f) {}
void ampersand(const Ampersand& a, Ampersand b) {}
void hidden(const Private& p) {}
void counted(const Counting& c, Counting&& moved, std::optional<Counting> held) {}
int main() {
  alignas(16) char storage[64] = {};
  undefined(*reinterpret_cast<Undefined<int>*>(storage), nullptr);
  forward(Forward(3));
  ampersand({}, {});
  hidden(*reinterpret_cast<Private*>(storage));
  counted({}, {}, std::nullopt);
  return Counting::touched;
}
