// The parts that every reader of a 64-bit little-endian ELF file needs. The bytes are untrusted,
// and nothing says that they are aligned.
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace autospan::elf {

template <typename T>
bool read_at(std::string_view file, std::uint64_t offset, T& out) {
  if (offset > file.size() || file.size() - offset < sizeof out) return false;
  std::memcpy(&out, file.data() + offset, sizeof out);
  return true;
}

// False: `why` says what is wrong.
bool read_elf_header(std::string_view file, Elf64_Ehdr& header, std::string& why);
// As many as there are; none where the file has no table of them.
std::vector<Elf64_Shdr> read_sections(std::string_view file, const Elf64_Ehdr& header);
std::vector<Elf64_Phdr> read_segments(std::string_view file, const Elf64_Ehdr& header);
// Empty where the section is not within the file.
std::string_view section_bytes(std::string_view file, const Elf64_Shdr& section);
std::string_view text_at(std::string_view strings, std::uint64_t offset);

// The next note of a PT_NOTE segment or SHT_NOTE section, which loses it. False at the end, or
// where what is left is no note.
struct ElfNote {
  std::uint32_t type = 0;
  std::string_view name, description;  // the name without its final zero
};
bool next_note(std::string_view& notes, ElfNote& out);

}  // namespace autospan::elf
