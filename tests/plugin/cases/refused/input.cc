// Where clang does not let a value be read, its argument shows its type; the others and the span stay.
#include <cstdio>
#include <optional>
#include <vector>
struct Root {
  int id = 1;
};
struct Left : Root {};
struct Right : Root {};
struct Both : Left, Right {  // whose id?
  int own = 2;
};
struct Mine {};
template <>
struct std::optional<Mine*> {  // not what std's is
  int value = 3;
};
template <>
class std::vector<Mine**> {
 public:
  int size = 4;
};
void ambiguous(int before, Both both, const char* after) {}
void specialised(std::optional<Mine*> optional, int n, std::vector<Mine**>& vector) {}
constexpr int constant(int n, const Both& both) { return n; }
template <class T>
void instantiated(T value, int n) {}
void within(std::vector<Both> all, std::optional<Both> one) {}
int main() {
  volatile int n = 5;
  std::vector<Mine**> mine;
  ambiguous(1, {}, "after");
  specialised({}, n, mine);
  std::printf("%d\n", constant(n, {}));
  instantiated(Both(), 6);
  instantiated(7, 8);
  within({{}}, {});
}
