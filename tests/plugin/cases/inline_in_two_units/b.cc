#include "shared.h"
static int same_name(int n) { return -n; }
int other_unit() {
  volatile int two = 2;
  return shared_inline(Plan::free) + shared_template(2) + shared_constexpr(two) +
         shared_lambda(two) + Shared().method("bb") + same_name(2);
}
