#include <cstdio>
#include "shared.h"
static int same_name(int n) { return n; }
int main() {
  volatile int one = 1;
  int sum = shared_inline(Plan::pro) + shared_template(1) + shared_constexpr(one) +
            shared_lambda(one) + Shared().method("a") + same_name(1);
  std::printf("%d %d\n", sum, other_unit());
}
