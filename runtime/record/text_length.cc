// How much of a char* may be read as text. Many are none that ends: the begin of a buffer whose
// length is another parameter, a position in a mapped file, one past the end. A span must not make
// of them what the program does not: reading on to the next zero may run into a page that is not
// there, or into the middle of an AddressSanitizer's report.
#include <autospan/abi.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// The first byte of a region that AddressSanitizer holds for no one's, else null. There under it
// alone.
extern "C" __attribute__((weak)) void* __asan_region_is_poisoned(void* begin, autospan_size size);

namespace {

constexpr uintptr_t kPage = 4096;  // the smallest there is

// Looks through the kernel's eyes: it reads a signal set before it finds that -1 is nothing to do
// with one.
bool is_readable(uintptr_t page) {
  const int kept = errno;
  syscall(SYS_rt_sigprocmask, -1, page, nullptr, sizeof(uint64_t));
  const bool readable = errno != EFAULT;
  errno = kept;
  return readable;
}

}  // namespace

// The page that a text begins in is taken to be there; any page that begins with a byte of it is
// looked at.
extern "C" __attribute__((visibility("default"))) autospan_size
autospan_v1_text_length(const char* text, autospan_size most) noexcept {
  if (__asan_region_is_poisoned) {
    void* begin = const_cast<char*>(text);
    const void* poisoned = __asan_region_is_poisoned(begin, most);
    if (poisoned) most = autospan_size(static_cast<const char*>(poisoned) - text);
  }
  autospan_size at = 0;
  while (at < most) {
    const uintptr_t here = reinterpret_cast<uintptr_t>(text) + at;
    if (here % kPage == 0 && !is_readable(here)) return at;
    const autospan_size in_page = kPage - here % kPage;
    const autospan_size part = most - at < in_page ? most - at : in_page;
    const void* end = memchr(text + at, 0, part);
    if (end) return autospan_size(static_cast<const char*>(end) - text);
    at += part;
  }
  return most;
}
