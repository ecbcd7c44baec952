#pragma once
#include <string>
enum class Plan { free, pro };
inline int shared_inline(Plan plan) {
  static int calls = 0;
  return ++calls + static_cast<int>(plan);
}
template <class T>
int shared_template(const T& value) {
  static int calls = 0;
  return ++calls;
}
constexpr int shared_constexpr(int n) { return n + 1; }
inline auto shared_lambda = [](int n) { return n * 2; };
struct Shared {
  int method(const std::string& text) { return static_cast<int>(text.size()); }
};
int other_unit();
