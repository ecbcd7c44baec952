// What is skipped with a reason keeps working: coroutines, musttail, naked, ifunc, interrupt hooks.
#include <coroutine>
#include <cstdio>
#include <cstring>
struct Task {
  struct promise_type {
    int value = 0;
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(int v) { value = v; }
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};
Task coroutine(int n) { co_return n + 1; }
Task (*lambda)(int) = [](int n) -> Task { co_return n; };
int tail(int n);
int tail(int n) {
  if (n == 0) return 7;
  [[clang::musttail]] return tail(n - 1);
}
__attribute__((naked)) void bare() { asm("ret"); }
extern "C" void* memcpy(void* to, const void* from, std::size_t bytes) {
  auto* a = static_cast<volatile char*>(to);
  auto* b = static_cast<const char*>(from);
  while (bytes--) *a++ = *b++;
  return to;
}
int main() {
  Task task = coroutine(1);
  task.handle.resume();
  std::printf("%d\n", task.handle.promise().value);
  task.handle.destroy();
  Task second = lambda(2);
  second.handle.resume();
  second.handle.destroy();
  std::printf("%d\n", tail(3));
  bare();
  char to[4];
  volatile std::size_t three = 3;
  memcpy(to, "ab", three);
  std::puts(to);
}
