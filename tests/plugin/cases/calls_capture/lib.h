// What a rule captures of a call, and what redact hides of it.
#pragma GCC system_header
#include <map>
#include <string>
#include <vector>
struct Address { std::string street; std::string iban; };
struct Order { int id; Address address; std::vector<int> items; };
int lib_place(const Order& order, const std::map<std::string, std::string>& extra, Order copy);
