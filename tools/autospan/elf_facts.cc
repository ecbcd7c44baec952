#include "elf_facts.h"

#include <elf.h>

#include <charconv>
#include <cstring>

namespace autospan::cli {
namespace {

constexpr std::string_view kPrefix = "autospan_v";

// A copy: nothing says that the file is aligned.
template <typename T>
bool read_at(std::string_view file, std::uint64_t offset, T& out) {
  if (offset > file.size() || file.size() - offset < sizeof out) return false;
  std::memcpy(&out, file.data() + offset, sizeof out);
  return true;
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

std::vector<Elf64_Shdr> read_sections(std::string_view file, const Elf64_Ehdr& header) {
  std::vector<Elf64_Shdr> sections;
  if (header.e_shentsize != sizeof(Elf64_Shdr)) return sections;
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    if (!read_at(file, header.e_shoff + std::uint64_t{i} * sizeof section, section)) break;
    sections.push_back(section);
  }
  return sections;
}

void note_symbol(std::string_view name, bool defined, ElfFacts& facts) {
  if (name.substr(0, kPrefix.size()) != kPrefix) return;
  unsigned version = 0;
  const char* const end = name.data() + name.size();
  const auto [p, error] = std::from_chars(name.data() + kPrefix.size(), end, version);
  if (error != std::errc() || p == end || *p != '_') return;
  (defined ? facts.abi_held : facts.abi_wanted).insert(version);
  if (!defined) ++facts.sites;
}

void read_symbols(std::string_view table, std::string_view strings, ElfFacts& facts) {
  Elf64_Sym symbol;
  for (std::uint64_t at = 0; read_at(table, at, symbol); at += sizeof symbol)
    note_symbol(text_at(strings, symbol.st_name), symbol.st_shndx != SHN_UNDEF, facts);
}

void read_dynamic(std::string_view table, std::string_view strings, ElfFacts& facts) {
  Elf64_Dyn entry;
  for (std::uint64_t at = 0; read_at(table, at, entry) && entry.d_tag != DT_NULL;
       at += sizeof entry) {
    const std::string_view text = text_at(strings, entry.d_un.d_val);
    if (entry.d_tag == DT_NEEDED) facts.needed.emplace_back(text);
    if (entry.d_tag == DT_RUNPATH || (entry.d_tag == DT_RPATH && facts.runpath.empty()))
      facts.runpath = text;
  }
}

}  // namespace

bool read_elf_facts(std::string_view file, ElfFacts& facts, std::string& why) {
  Elf64_Ehdr header;
  if (file.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG))
    return why = "no ELF file", false;
  if (!read_at(file, 0, header)) return why = "cut short within its ELF header", false;
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return why = "not a 64-bit little-endian ELF file", false;
  const std::vector<Elf64_Shdr> sections = read_sections(file, header);
  if (sections.empty()) return why = "an ELF file without section headers", false;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_link >= sections.size()) continue;
    const std::string_view strings = section_bytes(file, sections[section.sh_link]);
    // .symtab holds what a static link left undefined nowhere else; a name may stand in both.
    if (section.sh_type == SHT_DYNSYM || section.sh_type == SHT_SYMTAB)
      read_symbols(section_bytes(file, section), strings, facts);
    if (section.sh_type == SHT_DYNAMIC) read_dynamic(section_bytes(file, section), strings, facts);
  }
  return true;
}

}  // namespace autospan::cli
