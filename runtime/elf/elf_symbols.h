// Which function of an ELF file an address lies in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace autospan::elf {

// Raw bytes of the file's build id; empty = it has none, or is no ELF file.
std::string build_id_of(std::string_view file);

struct ElfFunction {
  std::string name;          // as it stands in the file; empty = not known
  std::uint64_t offset = 0;  // of the address within the function
};
// `address` as the file counts. .symtab where it was not stripped, else what is exported.
ElfFunction function_at(std::string_view file, std::uint64_t address);
// In one table of symbols and its strings.
ElfFunction function_in_table(std::string_view symbols, std::string_view strings, std::uint64_t address);

// As C++ writes it; a name that is none of C++ as it is.
std::string demangled(const std::string& name);

}  // namespace autospan::elf
