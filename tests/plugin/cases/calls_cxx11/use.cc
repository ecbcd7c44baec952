// Before C++17 nothing is elided by law: what a library returns still reaches its caller unmoved. A value
// that can only be copied would be copied once more: such a call is left alone.
#include "lib.h"
int main() {
  Fixed&& fixed = db_fixed(3);
  std::printf("%d %d ", fixed.n, db_only(Only(4)));
  std::printf("%d %d ", db_file(File{7}), db_holder(Holder(8)));
  std::printf("%d %d\n", db_copied(Copied(5)), db_function([] { return 6; }));
}
