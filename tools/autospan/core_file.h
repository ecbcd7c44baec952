// A core file, the kernel's or gcore's: what was mapped where, which signal it was, and the bytes
// of memory that it holds. Cut short or foreign, all of it untrusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace autospan::cli {

struct CoreSegment {
  std::uint64_t address = 0;
  std::uint64_t offset = 0;  // in the core file
  std::uint64_t bytes = 0;   // that the file really holds
};

struct CoreMapping {
  std::uint64_t begin = 0, end = 0;
  std::string path;  // as the kernel saw it; " (deleted)" stands at its end where it was
};

struct CoreFile {
  std::string_view bytes;
  std::uint32_t pid = 0;     // 0 = not known
  std::uint32_t signal = 0;  // 0 = none, or not a signal that ends a process with a core
  std::int32_t code = 0;
  std::uint64_t address = 0, pc = 0;
  std::uint32_t tid = 0, sender = 0;
  std::vector<CoreSegment> segments;
  std::vector<CoreMapping> mappings;  // of files
  std::uint64_t missing = 0;          // bytes that a whole core would hold beyond its end
  std::uint64_t damaged = 0;          // notes that do not hold together
};

bool is_core(std::string_view file);
// False: `why` says what is wrong.
bool read_core(std::string_view file, CoreFile& core, std::string& why);

// Copies what the core holds of [address, address + bytes); the rest of `out` stays as it is.
// Returns how many bytes it was.
std::uint64_t copy_memory(const CoreFile& core, std::uint64_t address, std::uint64_t bytes,
                          std::uint8_t* out);

// Address of the next page, from segment `segment` and offset `at` on, that begins with these eight
// bytes; both are moved beyond it. `first_pages`: looks at where segments begin only.
struct PageSearch {
  std::size_t segment = 0;
  std::uint64_t at = 0;
  std::uint64_t looks = 0;  // bounded by the size of the file
};
bool find_page(const CoreFile& core, std::string_view begins_with, bool first_pages,
               PageSearch& search, std::uint64_t& address);

}  // namespace autospan::cli
