#include "lib.h"
int lib_place(const Order& o, const std::map<std::string, std::string>&, Order c) { return o.id + c.id; }
