#include "elf/elf_file.h"

#include <algorithm>

namespace autospan::elf {
namespace {

constexpr std::size_t padded(std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; }

template <typename Header>
std::vector<Header> read_table(std::string_view file, std::uint64_t offset, std::uint64_t count,
                               std::uint64_t entry_bytes) {
  std::vector<Header> table;
  Header entry;
  if (entry_bytes != sizeof entry || offset > file.size()) return table;
  for (std::uint64_t i = 0; i < count && read_at(file, offset + i * sizeof entry, entry); ++i)
    table.push_back(entry);
  return table;
}

}  // namespace

bool read_elf_header(std::string_view file, Elf64_Ehdr& header, std::string& why) {
  if (file.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG))
    return why = "no ELF file", false;
  if (!read_at(file, 0, header)) return why = "cut short within its ELF header", false;
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return why = "not a 64-bit little-endian ELF file", false;
  return true;
}

std::vector<Elf64_Shdr> read_sections(std::string_view file, const Elf64_Ehdr& header) {
  return read_table<Elf64_Shdr>(file, header.e_shoff, header.e_shnum, header.e_shentsize);
}

std::vector<Elf64_Phdr> read_segments(std::string_view file, const Elf64_Ehdr& header) {
  std::uint64_t count = header.e_phnum;
  Elf64_Shdr first;
  // More segments than 16 bits can count: a core of a process with many mappings.
  if (count == PN_XNUM && read_at(file, header.e_shoff, first)) count = first.sh_info;
  return read_table<Elf64_Phdr>(file, header.e_phoff, count, header.e_phentsize);
}

std::string_view section_bytes(std::string_view file, const Elf64_Shdr& section) {
  if (section.sh_type == SHT_NOBITS || section.sh_offset > file.size() ||
      section.sh_size > file.size() - section.sh_offset)
    return {};
  return file.substr(section.sh_offset, section.sh_size);
}

std::string_view text_at(std::string_view strings, std::uint64_t offset) {
  if (offset >= strings.size()) return {};
  const std::string_view rest = strings.substr(offset);
  return rest.substr(0, rest.find('\0'));
}

bool next_note(std::string_view& notes, ElfNote& out) {
  Elf64_Nhdr head;
  if (!read_at(notes, 0, head)) return false;
  std::string_view rest = notes.substr(sizeof head);
  if (padded(head.n_namesz) > rest.size()) return false;
  out.type = head.n_type;
  out.name = rest.substr(0, head.n_namesz);
  out.name = out.name.substr(0, out.name.find('\0'));
  rest.remove_prefix(padded(head.n_namesz));
  if (head.n_descsz > rest.size()) return false;
  out.description = rest.substr(0, head.n_descsz);
  rest.remove_prefix(std::min(padded(head.n_descsz), rest.size()));
  notes = rest;
  return true;
}

}  // namespace autospan::elf
