// Every kind of value that is captured, and what is not.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

enum Plain { kRed, kGreen = 5, kNegative = -3 };
enum class Scoped : unsigned char { free, pro = 7 };
enum class Opaque : int;
struct Job {
  int id;
};
union Either {
  int i;
  float f;
};
class Incomplete;

void integers(bool b, signed char sc, unsigned char uc, short s, unsigned short us, int i,
              unsigned u, long l, unsigned long ul, long long ll, unsigned long long ull) {}
void limits(std::int64_t low, std::uint64_t high, std::int8_t small, std::size_t size) {}
void floats(float f, double d, long double ld) {}
void chars(char c, wchar_t w, char16_t c16, char32_t c32) {}
void enums(Plain a, Plain b, Plain unknown, Scoped s, Opaque o, std::byte raw) {}
void c_strings(const char* text, char* buffer, const char* none, const signed char* sc,
               const unsigned char* uc) {}
void arrays(const char (&literal)[6], const char (&full)[3], const int (&numbers)[2]) {}
void strings(std::string by_value, const std::string& by_ref, std::string&& moved,
             std::string_view view, const std::pmr::string& pmr, std::wstring wide) {}
void embedded(std::string_view zero) {}
void paths(const std::filesystem::path& where) {}
void pointers(int* p, void* none, const Job* job, void (*function)(), Incomplete* unknown) {}
void optionals(std::optional<int> some, std::optional<int> none,
               const std::optional<std::string>& text, std::optional<std::string_view> no_view,
               std::optional<Scoped> plan, std::optional<double> ratio,
               std::optional<Job> job) {}
void opaque(Job job, const Job& reference, Either either, std::vector<int> numbers,
            const std::map<std::string, int>& by_name, int Job::* member, std::nullptr_t null,
            __int128 wide, void (&function)(), Incomplete& incomplete, const volatile int& device) {}
void references(int& i, const double& d, const bool& b, char& c, const Scoped& s, int*& p,
                int&& moved) {}
void unnamed(int, int named, const char*) {}
void one_word(int n) {}
void two_words(int n, double ratio) {}
void one_text(std::string_view text) {}
void word_and_text(unsigned id, const std::string& user) {}
void text_and_word(const std::string& user, unsigned id) {}
void word_opaque_word(int a, Job job, int b) {}
void none() {}

void touch() {}

int main() {
  Job job{1};
  Either either{};
  int n = 42;
  char buffer[] = "buf";
  integers(true, -1, 255, -2, 65535, -3, 4000000000u, -4, 5, -6, 7);
  limits(INT64_MIN, UINT64_MAX, -128, 3);
  floats(1.5f, -0.25, 3.0L);
  chars('x', L'\u00e9', u'\u20ac', U'\U0001F600');
  chars('\xff', L'w', u'u', U'U');
  enums(kRed, kNegative, static_cast<Plain>(4), Scoped::pro, Opaque(9), std::byte{3});
  c_strings("text", buffer, nullptr, nullptr, reinterpret_cast<unsigned char*>(buffer));
  arrays("hello", {'a', 'b', 'c'}, {1, 2});
  std::string s = "moved";
  strings("value", s, std::move(s), "view", "pmr", L"wide");
  embedded(std::string_view("a\0b", 3));
  paths("/tmp/a b");
  pointers(&n, nullptr, &job, touch, nullptr);
  optionals(1, std::nullopt, "txt", std::nullopt, Scoped::free, 0.5, job);
  opaque(job, job, either, {1, 2}, {}, &Job::id, nullptr, 1, touch,
         *reinterpret_cast<Incomplete*>(&job), n);
  double d = 2;
  bool b = false;
  char c = 'c';
  Scoped plan = Scoped::free;
  int* p = &n;
  references(n, d, b, c, plan, p, 3);
  unnamed(1, 2, "x");
  one_word(-1);
  two_words(1, 0.5);
  one_text("t");
  word_and_text(7, "ann");
  text_and_word("bob", 8);
  word_opaque_word(1, job, 2);
  none();
}
