#include "lib.h"
int main() {
  Order order{1, {"main street", "canary"}, {1, 2}};
  return lib_place(order, {{"iban", "canary"}, {"key", "value"}}, order) - 2;
}
