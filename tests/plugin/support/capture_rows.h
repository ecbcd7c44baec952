// The golden table of captured types: a row a type, each a function with one parameter p, called once.
// cases/capture_default draws it as it is, cases/capture_all under `capture: all`.
//
// ROW(name, value, type): commas in a value stand in parentheses, those in the type need none.
#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <deque>
#include <exception>
#include <expected>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <numbers>
#include <optional>
#include <queue>
#include <ratio>
#include <set>
#include <source_location>
#include <span>
#include <stack>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

#include <autospan/annotate.h>

#define ROW(name, value, ...)                   \
  [[gnu::noinline]] void name([[maybe_unused]] __VA_ARGS__ p) {} \
  static const bool called_##name = ((name)(value), true)
// The call is in parentheses: looked up by its arguments, it would complete them. ROW_OF: a declarator
// around p.
#define ROW_OF(name, value, ...)             \
  [[gnu::noinline]] void name([[maybe_unused]] __VA_ARGS__) {} \
  static const bool called_##name = ((name)(value), true)

using namespace std::chrono_literals;

namespace row {

// --- what is passed -----------------------------------------------------------------------------
static int n = 42;
static const int c = 7;
static int* to_n = &n;
static std::string text = "text";
static char buffer[8] = "buf";
static const char three[3] = {'a', 'b', 'c'};
static int numbers[3] = {1, 2, 3};
static const char* words[2] = {"one", "two"};
static std::mutex mutex;
inline void function() {}
inline int with_arguments(int, double) noexcept { return 1; }

enum Plain { kRed, kGreen = 5, kNegative = -3 };
enum Large : std::uint64_t { kTop = 0xffffffffffffffffu };
enum class Scoped : unsigned char { free, pro = 7 };
enum class Signed : std::int8_t { low = -128, high = 127 };
enum class Empty : int {};
enum class Forward : short;
enum Flags { kRead = 1, kWrite = 2, kRun = 4, kDelete = 8 };
enum class Aliased { first, also_first = 0, second };
enum { kUnnamed = 3 };
enum class Flag : bool { off, on };

struct Plan {
  std::string name = "pro";
  double price = 9.5;
};
struct Job {
  int id = 1;
  std::string_view user = "ann";
  Plan plan;
};
struct Nothing {};
struct Bits {
  unsigned low : 3 = 5;
  int high : 5 = -3;
  bool on : 1 = true;
  unsigned : 0;
  Scoped plan : 4 = Scoped::pro;
  Flags flags : 8 = kWrite;
};
enum Small { kMinus = -1, kZero, kPlus };
struct Odd {  // values that no enumerator has and no bool
  unsigned before : 3;
  Flags flags : 9;
  Small negative : 7;
  bool flag;
  Plain plain;
};
struct Base {
  int base = 1;
};
struct Derived : Base {
  int derived = 2;
};
struct Virtual : virtual Base {
  int own = 3;
};
struct Hidden : private Base {
  int open = 1;

 protected:
  int half = 2;

 private:
  [[maybe_unused]] int closed = 3;
};
class Closed {
  [[maybe_unused]] int closed = 1;
};
struct References {
  int& reference = n;
  const int constant = 8;
  mutable int changing = 9;
};
struct Pointers {
  Job* next = nullptr;
  const char* label = "label";
  void (*callback)() = function;
};
struct Inner {
  int value = 4;
};
struct Deep {
  struct A {
    struct B {
      struct C {
        int d = 1;
      } c;
      int b = 2;
    } b;
    int a = 3;
  } a;
  int own = 4;
};
struct Many {
  int m1 = 1, m2 = 2, m3 = 3, m4 = 4, m5 = 5, m6 = 6, m7 = 7, m8 = 8, m9 = 9, m10 = 10, m11 = 11,
      m12 = 12, m13 = 13, m14 = 14, m15 = 15, m16 = 16, m17 = 17, m18 = 18;
};
struct Anonymous {
  struct {
    int inside = 1;
  };
  union {
    int number = 2;
    float real;
  };
  int after = 3;
};
struct Account {
  std::string password = "canary-1";
  int api_key = 2;
  AUTOSPAN_REDACT int pin = 3;
  struct Credentials {
    int inner = 4;
  } login;
  std::map<std::string, std::string> session_cookies = {{"a", "canary-5"}};
  int shown = 6;
};
struct Holder {
  std::vector<int> values = {1, 2, 3, 4, 5};
  std::optional<Inner> maybe = Inner{};
  std::unique_ptr<Inner> owned;
  std::error_code error;
  std::chrono::seconds wait{2};
  int fixed[2] = {6, 7};
};
struct Static {
  static int shared;
  int own = 1;
};
int Static::shared = 2;
struct Ampersand {
  int value = 1;
  Ampersand* operator&() { return nullptr; }
  const Ampersand* operator&() const { return nullptr; }
};
struct Throwing {
  int value = 1;
  Throwing() = default;
  Throwing(const Throwing&) { throw 1; }
  operator int() const { throw 2; }
};
struct NoCopy {
  int value = 1;
  NoCopy() = default;
  NoCopy(const NoCopy&) = delete;
};
template <class T>
struct Box {
  T held{};
};
template <class T>
struct Bomb {
  static_assert(sizeof(T) == 0, "Bomb was completed");
};
class Incomplete;
union Either {
  int number;
  float real;
};
struct Custom {  // a container of the user's: opaque, whatever its methods are called
  int* begin() const { throw 1; }
  int* end() const { throw 1; }
  std::size_t size() const { throw 1; }
  int kept = 1;
};
struct Order {
  bool operator()(int, int) const { throw 1; }
};
template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class U>
  Allocator(const Allocator<U>&) {}
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* at, std::size_t count) { std::allocator<T>().deallocate(at, count); }
  bool operator==(const Allocator&) const { return true; }
};
struct Deleter {
  void operator()(int*) const {}
};
struct FancyDeleter {
  struct pointer {
    pointer(std::nullptr_t = nullptr) {}
    bool operator==(const pointer&) const { return true; }
    explicit operator bool() const { return false; }
    operator std::uint64_t() const { throw 1; }
  };
  void operator()(pointer) const {}
};
struct Category : std::error_category {
  const char* name() const noexcept override { return "billing"; }
  std::string message(int code) const override {
    if (code == 99) throw std::runtime_error("no message");
    return "card declined";
  }
};
static const Category category;
struct Clock {
  using rep = long;
  using period = std::milli;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
  static time_point now() { throw 1; }
};
static auto counter = [m = 1]() mutable { return m++; };
static Job job;
static const Odd& odd = reinterpret_cast<const Odd&>("\x0d\xfe\xff\xff\x7f\0\0");
static Incomplete& incomplete = reinterpret_cast<Incomplete&>(job);
static Bomb<int>& bomb = reinterpret_cast<Bomb<int>&>(job);
static Bomb<int>* to_bomb = reinterpret_cast<Bomb<int>*>(&job);
static Incomplete* to_incomplete = &incomplete;
template <class T>
struct Spare {  // storage that passes for what may not be completed
  alignas(16) static inline char bytes[64] = {};
  static T& get() { return reinterpret_cast<T&>(bytes); }
};

// --- numbers, and the ways to pass them ---------------------------------------------------------
ROW(boolean, true, bool);
ROW(integer, -3, int);
ROW(unsigned_integer, 4000000000u, unsigned);
ROW(widest, UINT64_MAX, std::uint64_t);
ROW(narrow, std::int8_t(-128), std::int8_t);
ROW(real, -0.25, double);
ROW(single, 1.5f, float);
ROW(extended, 3.25L, long double);
ROW(half, _Float16(0.5), _Float16);
ROW(wide_small, __int128(-5), __int128);
ROW(wide_large, (unsigned __int128)1 << 100, unsigned __int128);
ROW(precise_17, _BitInt(17)(-9), _BitInt(17));
ROW(precise_200, _BitInt(200)(9), _BitInt(200));
ROW(complex, {}, _Complex double);
ROW(std_complex, std::complex<double>(1), std::complex<double>);
ROW(vector_type, {}, float __attribute__((vector_size(16))));
ROW(byte, std::byte{3}, std::byte);
ROW(constant, 7, const int);
ROW(reference, n, int&);
ROW(constant_reference, c, const int&);
ROW(rvalue, 8, int&&);
ROW(constant_rvalue, std::move(c), const int&&);
ROW(is_volatile, 9, volatile int);
ROW(volatile_reference, n, volatile int&);
ROW(atomic, std::atomic<int>(), const std::atomic<int>&);
ROW(c_atomic, 1, _Atomic(int));
ROW(is_null, nullptr, std::nullptr_t);
// --- characters and text ------------------------------------------------------------------------
ROW(character, 'x', char);
ROW(high_character, '\xff', char);
ROW(wide_character, L'\u00e9', wchar_t);
ROW(utf8_character, u8'u', char8_t);
ROW(utf16_character, u'\u20ac', char16_t);
ROW(utf32_character, U'\U0001F600', char32_t);
ROW(c_string, "text", const char*);
ROW(c_string_null, nullptr, const char*);
ROW(c_buffer, buffer, char*);
ROW(c_string_reference, words[0], const char*&);
ROW(c_string_pointer, words, const char**);
ROW(signed_bytes, nullptr, const signed char*);
ROW(unsigned_bytes, reinterpret_cast<unsigned char*>(buffer), unsigned char*);
ROW(wide_string, L"wide", const wchar_t*);
ROW(utf8_string, u8"utf8", const char8_t*);
ROW_OF(literal, "hello", const char (&p)[6]);
ROW_OF(unterminated, three, const char (&p)[3]);
ROW(string, "value", std::string);
ROW(string_reference, text, std::string&);
ROW(string_constant_reference, text, const std::string&);
ROW(string_rvalue, std::string("moved"), std::string&&);
ROW(string_pointer, &text, std::string*);
ROW(string_view, "view", std::string_view);
ROW(string_view_null, std::string_view(), std::string_view);
ROW(embedded_zero, std::string_view("a\0b", 3), std::string_view);
ROW(long_string, std::string(300, 'x'), std::string);
ROW(string_pmr, "pmr", const std::pmr::string&);
ROW(string_own_allocator, {}, const std::basic_string<char, std::char_traits<char>, Allocator<char>>&);
ROW(string_wide, L"wide", std::wstring);
ROW(string_utf8, u8"utf8", std::u8string);
ROW(string_utf16_view, u"utf16", std::u16string_view);
ROW(path, "/tmp/a b", std::filesystem::path);
ROW(path_reference, "/tmp/c", const std::filesystem::path&);
// --- enums --------------------------------------------------------------------------------------
ROW(plain_enum, kGreen, Plain);
ROW(negative_enum, kNegative, Plain);
ROW(unknown_enum, static_cast<Plain>(4), Plain);
ROW(outside_enum, reinterpret_cast<const Plain&>(numbers), const Plain&);
ROW(large_enum, kTop, Large);
ROW(scoped_enum, Scoped::pro, Scoped);
ROW(scoped_unknown, Scoped(200), Scoped);
ROW(signed_enum, Signed::low, Signed);
ROW(empty_enum, Empty(5), Empty);
ROW(forward_enum, Forward(3), Forward);
ROW(flags_one, kRun, Flags);
ROW(flags_several, Flags(kRead | kRun), Flags);
ROW(aliased_enum, Aliased::also_first, Aliased);
ROW(unnamed_enum, kUnnamed, decltype(kUnnamed));
ROW(bool_enum, Flag::on, Flag);
ROW(enum_reference, *std::make_unique<Scoped>(Scoped::pro), const Scoped&);
ROW(errc, std::errc::timed_out, std::errc);
ROW(memory_order, std::memory_order_acquire, std::memory_order);
// --- pointers -----------------------------------------------------------------------------------
ROW(pointer, &n, int*);
ROW(pointer_null, nullptr, const int*);
ROW(pointer_reference, to_n, int*&);
ROW(pointer_pointer, &to_n, int**);
ROW(void_pointer, &n, const void*);
ROW(object_pointer, &job, const Job*);
ROW(incomplete_pointer, to_incomplete, Incomplete*);
ROW(bomb_pointer, to_bomb, Bomb<int>*);
ROW(volatile_pointer, &n, volatile int*);
ROW_OF(function_pointer, function, void (*p)());
ROW(noexcept_pointer, with_arguments, decltype(&with_arguments));
ROW_OF(function_reference, function, void (&p)());
ROW_OF(array_pointer, &numbers, int (*p)[3]);
ROW(member_pointer, &Job::id, int Job::*);
ROW_OF(method_pointer, &Custom::size, std::size_t (Custom::*p)() const);
ROW(unique, std::make_unique<int>(1), std::unique_ptr<int>);
ROW(unique_null, nullptr, std::unique_ptr<Job>);
ROW(unique_array, std::make_unique<int[]>(2), std::unique_ptr<int[]>);
ROW(unique_reference, std::make_unique<Job>(), const std::unique_ptr<Job>&);
ROW(unique_deleter, (std::unique_ptr<int, Deleter>(&n)), std::unique_ptr<int, Deleter>);
ROW(unique_fancy, {}, std::unique_ptr<int, FancyDeleter>);
ROW(unique_function, (std::unique_ptr<int, void (*)(int*)>(&n, [](int*) {})), std::unique_ptr<int, void (*)(int*)>);
ROW(unique_bomb, Spare<std::unique_ptr<Bomb<int>>>::get(), const std::unique_ptr<Bomb<int>>&);
ROW(shared, std::make_shared<Job>(), std::shared_ptr<Job>);
ROW(shared_void, nullptr, std::shared_ptr<void>);
ROW(shared_constant, std::make_shared<Job>(), const std::shared_ptr<const Job>&);
ROW(weak, {}, std::weak_ptr<Job>);
ROW(reference_wrapper, std::ref(n), std::reference_wrapper<int>);
ROW(auto_function, function, std::function<void()>);
ROW(std_any, 1, std::any);
ROW(type_info, typeid(int), const std::type_info&);
ROW(thread_id, std::thread::id(), std::thread::id);
ROW(exception, std::runtime_error("what"), const std::exception&);
ROW(exception_pointer, nullptr, std::exception_ptr);
ROW(std_mutex, mutex, std::mutex&);
ROW(source_location, std::source_location::current(), std::source_location);
ROW(coroutine_handle, nullptr, std::coroutine_handle<>);
// --- optional, expected, variant ----------------------------------------------------------------
ROW(optional, 1, std::optional<int>);
ROW(optional_empty, std::nullopt, std::optional<int>);
ROW(optional_reference, 0.5, const std::optional<double>&);
ROW(optional_bool, false, std::optional<bool>);
ROW(optional_enum, Scoped::free, std::optional<Scoped>);
ROW(optional_text, "txt", std::optional<std::string>);
ROW(optional_view, std::nullopt, std::optional<std::string_view>);
ROW(optional_pointer, &n, std::optional<int*>);
ROW(optional_pointer_null, (std::optional<int*>(nullptr)), std::optional<int*>);
ROW(optional_c_string, "cs", std::optional<const char*>);
ROW(optional_c_string_null, (std::optional<const char*>(nullptr)), std::optional<const char*>);
ROW(optional_c_string_empty, std::nullopt, std::optional<const char*>);
ROW(optional_optional, (std::optional<std::optional<int>>(3)), std::optional<std::optional<int>>);
ROW(optional_bomb_pointer, Spare<std::optional<Bomb<int>*>>::get(), const std::optional<Bomb<int>*>&);
ROW(optional_object, job, std::optional<Job>);
ROW(optional_bomb, Spare<std::optional<Bomb<int>>>::get(), const std::optional<Bomb<int>>&);
ROW(optional_vector, (std::vector<int>{1, 2}), std::optional<std::vector<int>>);
ROW(optional_error, std::make_error_code(std::errc::timed_out), std::optional<std::error_code>);
ROW(optional_error_empty, std::nullopt, std::optional<std::error_code>);
ROW(optional_time, 1500ms, std::optional<std::chrono::milliseconds>);
ROW(optional_unique, std::make_unique<int>(1), std::optional<std::unique_ptr<int>>);
ROW(optional_variant, (std::variant<int, std::string>("v")), std::optional<std::variant<int, std::string>>);
ROW(expected, 5, std::expected<int, std::string>);
ROW(expected_error, std::unexpected("bad"), std::expected<int, std::string>);
ROW(expected_code, std::unexpected(std::make_error_code(std::errc::io_error)), std::expected<std::string, std::error_code>);
ROW(expected_void, (std::expected<void, int>()), std::expected<void, int>);
ROW(expected_enum, std::unexpected(Scoped::pro), const std::expected<void, Scoped>&);
ROW(expected_object, job, std::expected<Job, int>);
ROW(variant_number, 5, std::variant<int, std::string>);
ROW(variant_text, "held", std::variant<int, std::string>);
ROW(variant_monostate, {}, std::variant<std::monostate, double>);
ROW(variant_bool, true, const std::variant<bool, char>&);
ROW(variant_enum, Scoped::pro, std::variant<Scoped, int>);
ROW(variant_object, job, std::variant<int, Job>);
ROW(variant_pointer, &n, std::variant<int*, const char*>);
ROW(variant_c_string, "c", std::variant<int*, const char*>);
ROW(variant_vector, (std::vector<int>{1}), std::variant<int, std::vector<int>>);
ROW(variant_same, (std::variant<int, int>(std::in_place_index<1>, 6)), std::variant<int, int>);
ROW(variant_time, 2s, std::variant<std::chrono::seconds, int>);
ROW(variant_bomb, (Spare<std::variant<int, Bomb<int>>>::get()), const std::variant<int, Bomb<int>>&);
ROW(monostate, {}, std::monostate);
// --- time ---------------------------------------------------------------------------------------
ROW(nanoseconds, 1ns, std::chrono::nanoseconds);
ROW(milliseconds, 250ms, std::chrono::milliseconds);
ROW(seconds_reference, 3s, const std::chrono::seconds&);
ROW(hours, -2h, std::chrono::hours);
ROW(years, std::chrono::years(1), std::chrono::years);
ROW(real_seconds, 1.5s, std::chrono::duration<double>);
ROW(real_minutes, 0.5min, std::chrono::duration<float, std::ratio<60>>);
ROW(thirds, (std::chrono::duration<int, std::ratio<1, 3>>(2)), std::chrono::duration<int, std::ratio<1, 3>>);
ROW(picoseconds, (std::chrono::duration<long, std::pico>(2500)), std::chrono::duration<long, std::pico>);
ROW(endless, std::chrono::hours::max(), std::chrono::hours);
ROW(not_a_time, std::chrono::duration<double>(-std::numbers::inv_pi / 0.0), std::chrono::duration<double>);
ROW(wide_ticks, (std::chrono::duration<__int128>(1)), std::chrono::duration<__int128>);
ROW(time_point, std::chrono::system_clock::from_time_t(1700000000), std::chrono::system_clock::time_point);
ROW(time_seconds, std::chrono::sys_seconds(1s), std::chrono::sys_seconds);
ROW(days, std::chrono::sys_days(std::chrono::days(19000)), const std::chrono::sys_days&);
ROW(before_1970, std::chrono::sys_time<std::chrono::milliseconds>(-1500ms), std::chrono::sys_time<std::chrono::milliseconds>);
ROW(steady, std::chrono::steady_clock::time_point(5s), std::chrono::steady_clock::time_point);
ROW(file_time, {}, std::filesystem::file_time_type);
ROW(own_clock, {}, Clock::time_point);
ROW(local_time, {}, std::chrono::local_seconds);
ROW(calendar, std::chrono::year(2024), std::chrono::year);
ROW(c_time, 1700000000, std::time_t);
ROW(c_timespec, (std::timespec{1, 2}), std::timespec);
// --- errors -------------------------------------------------------------------------------------
ROW(error_code, std::make_error_code(std::errc::timed_out), std::error_code);
ROW(error_code_none, std::error_code(), const std::error_code&);
ROW(error_code_own, std::error_code(3, category), std::error_code);
ROW(error_code_throws, std::error_code(99, category), std::error_code);
ROW(error_condition, std::make_error_condition(std::errc::no_such_file_or_directory), std::error_condition);
ROW(error_category, std::generic_category(), const std::error_category&);
// --- containers ---------------------------------------------------------------------------------
ROW(vector, (std::vector<int>{1, 2, 3}), std::vector<int>);
ROW(vector_empty, {}, const std::vector<int>&);
ROW(vector_five, (std::vector<double>{1, 2.5, 3, 4, 5}), std::vector<double>);
ROW(vector_bool, (std::vector<bool>{true, false}), const std::vector<bool>&);
ROW(vector_text, (std::vector<std::string>{"a\"b", "c\n"}), std::vector<std::string>);
ROW(vector_enum, (std::vector<Scoped>{Scoped::pro, Scoped(9)}), std::vector<Scoped>);
ROW(vector_object, std::vector<Job>(2), std::vector<Job>);
ROW(vector_object_reference, std::vector<Inner>(2), const std::vector<Inner>&);
ROW(vector_vector, (std::vector<std::vector<int>>{{1}, {2, 3}}), std::vector<std::vector<int>>);
ROW(vector_optional, (std::vector<std::optional<int>>{1, std::nullopt}), std::vector<std::optional<int>>);
ROW(vector_unique, std::vector<std::unique_ptr<int>>(1), std::vector<std::unique_ptr<int>>);
ROW(vector_pmr, {1}, const std::pmr::vector<int>&);
ROW(vector_own_allocator, {}, const std::vector<int, Allocator<int>>&);
ROW(vector_bomb, Spare<std::vector<Bomb<int>>>::get(), const std::vector<Bomb<int>>&);
ROW(vector_pointer, (std::vector<int*>{nullptr}), std::vector<int*>);
ROW(vector_character, (std::vector<char>{'a', '"'}), std::vector<char>);
ROW(vector_chrono, (std::vector<std::chrono::seconds>{1s}), std::vector<std::chrono::seconds>);
ROW(vector_expression, (std::vector<std::variant<int, std::string>>{1, "two"}), std::vector<std::variant<int, std::string>>);
ROW(pointer_to_vector, nullptr, const std::vector<int>*);
ROW(deque, (std::deque<int>{1, 2}), std::deque<int>);
ROW(list, (std::list<std::string_view>{"a", "b"}), const std::list<std::string_view>&);
ROW(forward_list, (std::forward_list<int>{1}), std::forward_list<int>);
ROW(array, (std::array<int, 3>{1, 2, 3}), std::array<int, 3>);
ROW(array_empty, {}, std::array<int, 0>);
ROW(span, numbers, std::span<const int>);
ROW_OF(span_fixed, numbers, std::span<int, 3> p);
ROW(initializer_list, (std::initializer_list<int>{1, 2}), std::initializer_list<int>);
ROW(valarray, (std::valarray<int>{1, 2}), const std::valarray<int>&);
ROW(bitset, std::bitset<8>(5), std::bitset<8>);
ROW(set, (std::set<int>{3, 1}), std::set<int>);
ROW(set_own_order, {}, const std::set<int, Order>&);
ROW(multiset, (std::multiset<char>{'a', 'a'}), std::multiset<char>);
ROW(unordered_set, (std::unordered_set<int>{4}), std::unordered_set<int>);
ROW(map, (std::map<std::string, int>{{"a", 1}, {"b", 2}}), std::map<std::string, int>);
ROW(map_secret_key, (std::map<std::string, std::string>{{"password", "canary-7"}, {"user", "ann"}}), std::map<std::string, std::string>);
ROW(map_number_key, (std::map<int, double>{{1, 0.5}}), const std::map<int, double>&);
ROW(map_object, (std::map<std::string, Inner>{{"k", {}}}), std::map<std::string, Inner>);
ROW(multimap, (std::multimap<int, int>{{1, 2}, {1, 3}}), std::multimap<int, int>);
ROW(unordered_map, (std::unordered_map<std::string, bool>{{"k", true}}), std::unordered_map<std::string, bool>);
ROW(queue, (std::queue<int>(std::deque<int>{1})), std::queue<int>);
ROW(stack, {}, const std::stack<std::string>&);
ROW(priority_queue, {}, std::priority_queue<int>);
ROW(span_of_custom, {}, std::span<const Job>);
ROW(container_of_own, Custom(), Custom);
ROW_OF(c_array, numbers, const int (&p)[3]);
ROW_OF(c_array_text, words, const char* (&p)[2]);
ROW_OF(c_array_decayed, numbers, int p[3]);
// --- pairs, tuples and objects ------------------------------------------------------------------
ROW(pair, (std::pair<int, std::string>(1, "two")), std::pair<int, std::string>);
ROW(pair_reference, (std::pair<int, Job>()), const std::pair<int, Job>&);
ROW(tuple, (std::tuple<int, double, std::string>(1, 2.5, "three")), std::tuple<int, double, std::string>);
ROW(tuple_empty, {}, std::tuple<>);
ROW(tuple_tuple, (std::tuple<std::tuple<int>>(1)), std::tuple<std::tuple<int>>);
ROW(object, job, Job);
ROW(object_reference, job, const Job&);
ROW(object_rvalue, Job(), Job&&);
ROW(object_empty, {}, Nothing);
ROW(bit_fields, {}, Bits);
ROW(bits_of_no_value, odd, const Odd&);
ROW(derived, {}, Derived);
ROW(virtual_base, {}, const Virtual&);
ROW(hidden, {}, Hidden);
ROW(closed, {}, Closed);
ROW(references, {}, References);
ROW(pointers, {}, Pointers);
ROW(deep, {}, Deep);
ROW(many, {}, Many);
ROW(anonymous, {}, Anonymous);
ROW(account, {}, const Account&);
ROW(holder, {}, const Holder&);
ROW(statics, {}, Static);
ROW(ampersand, {}, Ampersand);
ROW(throwing, Throwing(), const Throwing&);
ROW(no_copy, NoCopy(), const NoCopy&);
ROW(box, {}, Box<int>);
ROW(box_box, {}, const Box<Box<int>>&);
ROW(box_bomb, (Spare<Box<Bomb<int>>>::get()), const Box<Bomb<int>>&);
ROW(bomb_reference, bomb, const Bomb<int>&);
ROW(incomplete_reference, incomplete, Incomplete&);
ROW(either, {}, Either);
ROW(lambda, {}, decltype([] {}));
ROW(lambda_with_state, counter, decltype(counter));

}  // namespace row

int main() {}
