#include "elf_facts.h"

#include <charconv>

#include "elf/elf_file.h"

namespace autospan::cli {

using namespace elf;
namespace {

constexpr std::string_view kPrefix = "autospan_v";

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
  if (!read_elf_header(file, header, why)) return false;
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
