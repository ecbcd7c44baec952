// What an ELF file says about autospan: whether it was instrumented, for which ABI, and where it
// will look for the runtime.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace autospan::cli {

struct ElfFacts {
  std::vector<std::string> needed;  // DT_NEEDED
  std::string runpath;              // DT_RUNPATH, else DT_RPATH
  std::set<unsigned> abi_wanted;    // N of undefined autospan_vN_… symbols
  std::set<unsigned> abi_held;      // N of defined ones: the recorder itself
  std::size_t sites = 0;            // undefined symbols of that kind, as a measure
};

// `why` says what is wrong where the bytes are no 64-bit little-endian ELF file. All of it
// untrusted.
bool read_elf_facts(std::string_view file, ElfFacts& facts, std::string& why);

}  // namespace autospan::cli
