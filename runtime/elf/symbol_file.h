// The functions of an ELF file, by what of it tells them: never mapped, for a file that is replaced while it
// is read must not kill the program that reads it.
#pragma once

#include <cstdint>
#include <string>

#include "elf/elf_symbols.h"

namespace autospan::elf {

class SymbolFile {
 public:
  // Only where the file has this build id (raw bytes); of a stripped one the debug file where distributions
  // put it. At most 64 MiB of symbols are read.
  SymbolFile(const std::string& path, const std::string& build_id);
  // `address` as the file counts; an empty name = not known.
  ElfFunction at(std::uint64_t address) const;

 private:
  bool read(const std::string& path, const std::string& build_id);

  std::string symbols_, strings_;
};

}  // namespace autospan::elf
