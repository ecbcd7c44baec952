// Coroutines: a span lasts as long as the body; what the body calls falls under it, on whatever thread it
// runs; between suspension and resumption neither thread knows of it.
#include <coroutine>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace detail {
struct Promise;
using Handle = std::coroutine_handle<Promise>;

// A lazy task: begun by whoever awaits it, or by run().
struct Task {
  using promise_type = Promise;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  ~Task() {
    if (handle_) handle_.destroy();
  }
  bool await_ready() const noexcept { return false; }
  Handle await_suspend(std::coroutine_handle<> waiting) noexcept;
  int await_resume();
  void resume() { handle_.resume(); }
  bool done() const { return handle_.done(); }
  int run() {
    while (!handle_.done()) handle_.resume();
    return await_resume();
  }
  Handle handle_;
};

struct Final {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(Handle handle) noexcept;
  void await_resume() const noexcept {}
};

struct Promise {
  Task get_return_object() { return Task(Handle::from_promise(*this)); }
  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() { error = std::current_exception(); }
  void return_value(int v) { value = v; }
  std::suspend_always yield_value(int v) {
    value = v;
    return {};
  }
  int value = 0;
  std::exception_ptr error;
  std::coroutine_handle<> waiting = std::noop_coroutine();
};

std::coroutine_handle<> Final::await_suspend(Handle handle) noexcept { return handle.promise().waiting; }
Handle Task::await_suspend(std::coroutine_handle<> waiting) noexcept {
  handle_.promise().waiting = waiting;
  return handle_;
}
int Task::await_resume() {
  if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
  return handle_.promise().value;
}

struct Ready {
  int value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return value; }
};
// Says no, and then that it need not be suspended after all.
struct Undecided {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
  const std::string& await_resume() const noexcept { return text; }
  std::string text = "undecided";
};
struct OtherThread {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    std::thread([handle] { handle.resume(); }).join();
  }
  void await_resume() const noexcept {}
};
struct Throws {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const { throw std::runtime_error("not today"); }
  void await_resume() const noexcept {}
};
// An awaiter that cannot be moved, and a value that cannot either.
struct Fixed {
  explicit Fixed(int v) : value(v) {}
  Fixed(Fixed&&) = delete;
  int value;
};
struct Pinned {
  Pinned() = default;
  Pinned(Pinned&&) = delete;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { handle.resume(); }
  Fixed await_resume() const noexcept { return Fixed(5); }
};
}  // namespace detail
using detail::Task;

int helper(int n) { return n + 1; }

Task leaf(int n) {
  const int ready = co_await detail::Ready{n};
  co_return helper(ready + 10);
}
Task numbers(int n) {
  co_yield helper(n);
  co_return helper(n + 10);
}
Task parent(std::string who, int n) {
  const int one = co_await leaf(n);
  helper(100);
  co_return one + co_await leaf(n + 1);
}
Task never_suspends(int n) {
  const int one = co_await detail::Ready{n};
  co_return helper(one);
}
Task undecided() {
  std::string text = co_await detail::Undecided{};
  helper(int(text.size()));
  co_return int((co_await detail::Undecided{}).size());
}
Task migrates(int n) {
  helper(n);
  co_await detail::OtherThread{};
  helper(n + 1);
  co_return n;
}
Task throws_after(int n) {
  co_await detail::OtherThread{};
  throw std::runtime_error("after " + std::to_string(n));
}
Task catches(int n) {
  try {
    co_await throws_after(n);
  } catch (const std::runtime_error& error) {
    helper(-1);
  }
  co_return 0;
}
Task await_suspend_throws() {
  try {
    co_await detail::Throws{};
  } catch (const std::runtime_error&) {
    helper(7);
  }
  co_return 1;
}
Task abandoned(int n) {
  struct Local {
    ~Local() { helper(42); }
  } local;
  co_yield n;
  co_yield n + 1;
  co_return 0;
}
Task fixed() {
  const auto&& value = co_await detail::Pinned{};
  co_return value.value;
}
template <class T>
Task generic(T value) {
  co_await std::suspend_always{};
  co_return int(value);
}
struct Service {
  int offset;
  Task call(int n) {
    co_await std::suspend_always{};
    co_return helper(n + offset);
  }
};
Task in_function_try(int n) try {
  co_await std::suspend_always{};
  if (n) throw n;
  co_return 0;
} catch (int) {
  co_return -1;
}
Task nested_lambdas(int n) {
  auto inner = [](int m) -> Task {
    co_await detail::Ready{m};
    co_return helper(m);
  };
  auto plain = [](int m) { return helper(m); };
  co_return co_await inner(n) + plain(n);
}
Task many(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    if (i % 2) continue;
    sum += co_await leaf(i) + co_await leaf(i);
  }
  co_return sum;
}
void interleaved() {
  Task a = numbers(1), b = numbers(2);
  a.resume();
  b.resume();
  helper(0);
  a.resume();
  b.resume();
}

int main() {
  std::printf("%d\n", parent("ann", 1).run());
  std::printf("%d\n", never_suspends(3).run());
  std::printf("%d\n", undecided().run());
  std::printf("%d\n", migrates(5).run());
  std::printf("%d\n", catches(6).run());
  std::printf("%d\n", await_suspend_throws().run());
  try {
    throws_after(2).run();
  } catch (const std::runtime_error&) {
  }
  {
    Task task = abandoned(8);
    task.resume();
    task.resume();
    helper(9);
  }
  { Task not_begun = abandoned(1); }
  std::printf("%d\n", fixed().run());
  std::printf("%d\n", generic(2.5).run() + generic('a').run());
  Service service{100};
  std::printf("%d\n", service.call(1).run());
  std::printf("%d\n", in_function_try(0).run());
  in_function_try(4).run();
  std::printf("%d\n", nested_lambdas(1).run());
  std::printf("%d\n", many(3).run());
  interleaved();
}
