// A char* that is no text with an end: a buffer with its length, a position in a mapped file, one past its
// end. The program reads none of what lies behind, so no more may its spans.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

void write(const char* str, unsigned size) { std::printf("%.*s\n", static_cast<int>(size), str); }
void parse(const char* first, const char* last) { std::printf("%d left\n", static_cast<int>(last - first)); }
void text(const char* whole) { std::printf("%zu\n", std::strlen(whole)); }

#if __has_feature(address_sanitizer)
constexpr int kBehind = 0;  // not a byte behind is ours, and the sanitizer watches
#else
constexpr int kBehind = 1;
#endif

int main() {
  char* buffer = static_cast<char*>(std::calloc(1, 4 + kBehind));
  std::memcpy(buffer, "heap", 4);
  write(buffer, 4);

  const long page = sysconf(_SC_PAGESIZE);
  char* mapped = static_cast<char*>(
      mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(mapped + 2 * page, page, PROT_NONE);
  char* end = mapped + 2 * page;
  std::memcpy(end - 6, "mapped", 6);
  write(end - 6, 6);
  parse(end - 3, end);  // nothing is there at `last`
  parse(end, end);
  std::memcpy(mapped + page - 4, "over two pages", 15);
  text(mapped + page - 4);
  text(mapped + page);
  std::free(buffer);
}
